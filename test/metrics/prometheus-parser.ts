/**
 * A real parser of Prometheus text: the strict one for OpenMetrics of its Python client.
 */

import { spawnSync } from 'node:child_process';
import { isLeftOut } from '../support/tools.ts';

/** One sample as the parser reads it. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Infinity and NaN as texts, which JSON does not have. */
  readonly value: number | string;
}

/** A metric with its samples. */
export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly samples: readonly ParsedSample[];
}

// Debian's own Python, for which the package is installed; there may be another one earlier in the path.
const PYTHON = '/usr/bin/python3';

const PROGRAM = `
import json, math, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
text = sys.stdin.buffer.read().decode('utf-8')
print(json.dumps([{
  'name': family.name, 'type': family.type, 'unit': family.unit, 'help': family.documentation,
  'samples': [{'name': s.name, 'labels': s.labels, 'value': s.value if math.isfinite(s.value) else str(s.value)}
              for s in family.samples],
} for family in text_string_to_metric_families(text)]))
`;

/** Whether tests that need the parser are left out. */
export function skipsWithoutParser(): boolean {
  return isLeftOut(spawnSync(PYTHON, ['-c', 'import prometheus_client.openmetrics.parser']).status === 0);
}

/** Parses OpenMetrics text. @throws what the parser has against it. */
export function parseOpenMetrics(text: string): ParsedFamily[] {
  const { status, stdout, stderr, error } = spawnSync(PYTHON, ['-c', PROGRAM], { input: text, encoding: 'utf8' });
  if (error !== undefined || /ModuleNotFoundError/.test(stderr)) {
    throw new Error(`no parser: install Debian's python3-prometheus-client (${error?.message ?? stderr.trim()})`);
  }
  if (status !== 0) throw new Error(`the parser refuses it: ${stderr.trim().split('\n').at(-1)}\n${text}`);
  return JSON.parse(stdout);
}
