/**
 * The page: one file that needs nothing else and may load nothing else.
 */

import { createHash } from 'node:crypto';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { printable } from '../../format.ts';
import type { Report } from '../report.ts';
import { Page } from './page.tsx';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';

/**
 * Writes a report as HTML. What comes from the cache goes through the renderer, which escapes it; the policy lets
 * nothing run or be styled but what is written here, and nothing be fetched.
 */
export function renderPage(report: Report): string {
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(PAGE_STYLE)}'`,
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = renderToStaticMarkup(
    <>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>{`Cache report: ${printable(report.root)}`}</title>
    </>,
  );
  const body = renderToStaticMarkup(<Page report={report} />);
  return `<!doctype html>
<html lang="en">
<head>
${head}
<style>${PAGE_STYLE}</style>
</head>
<body>
${body}
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
