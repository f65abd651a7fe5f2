import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { LayoutService } from '../../../src/layout/index.ts';
import { bindingsOf, compileDevicetree, type DtNode, isCompilerLeftOut, nodeAt } from '../devicetree.ts';
import { bind, type LayoutJson, layer, layoutJson } from '../sample-layouts.ts';

const layouts = new LayoutService(new DisabledCache({ tag: 'layout' }));

/** Texts of what would end a comment, a text, a cell, a node, a line, or begin something for the preprocessor. */
const hostile = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('*/', '/*', '//', '"', "'", '\\', '\n', '\r', ';', '}', '{', '>', '<', '#', '&'),
      },
      fc.constantFrom(
        '#include "/etc/passwd"\n',
        '#define A B\n',
        '/ { evil; };',
        '"; evil = "',
        '*/ evil; /*',
        '??/',
        '\\\n',
      ),
      fc.constantFrom('\0', '\u2028', '\u0085', '\ud800', '🧤', '{{ keymap }}', '%s', '$&', '$1', '&kp', 'LS(A)', ' '),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

/** What is between the brackets of an expression, and may be more. */
const expression = fc
  .array(fc.constantFrom('A', 'B', '(', ')', '>', '<', ';', '{', '}', '"', '*/', '/*', '//', '#', '&kp', ',', '|'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((pieces) => pieces.join(' '));

/** A text that is mostly right, with something hostile in it. */
const bent = (text: string) => hostile.map((piece) => text + piece);

const binding = fc.oneof(
  fc.constant(bind('&kp', 'A')),
  bent('&kp A').map((text) => bind('Custom', text)),
  hostile.map((text) => bind(text)),
  fc.tuple(bent('&kp'), bent('A')).map(([value, param]) => bind(value, param)),
  bent('A').map((text) => bind('&kp', text)),
  bent('(A').map((text) => bind('&kp', `${text})`)),
);

const hostileLayout: fc.Arbitrary<LayoutJson> = fc
  .record({
    title: hostile,
    creator: hostile,
    notes: hostile,
    keyboard: fc.constant('glove80'),
    layerName: hostile,
    description: hostile,
    combo: hostile,
    macro: fc.oneof(fc.constant('fine'), bent('x')),
    key: binding,
    value: fc.oneof(hostile, fc.constant('x\nCONFIG_EVIL=y')),
    paramName: fc.oneof(fc.constant('FINE'), bent('X')),
    node: hostile,
  })
  .map((texts) =>
    layoutJson({
      title: texts.title,
      creator: texts.creator,
      notes: texts.notes,
      layer_names: ['Base', `x${texts.layerName}`],
      layers: [layer({ 5: texts.key, 6: bind('&kp', 'B') }), layer()],
      macros: [{ name: texts.macro, description: texts.description, bindings: [bind('&kp', 'C')], params: [] }],
      holdTaps: [{ name: 'hold', description: texts.description, bindings: ['&kp', '&kp'] }],
      combos: [{ name: texts.combo, description: texts.description, binding: bind('&kp', 'D'), keyPositions: [1, 2] }],
      inputListeners: [
        {
          code: '&mmv_input_listener',
          nodes: [{ code: texts.node, description: texts.description, layers: [0], inputProcessors: [] }],
        },
      ],
      config_parameters: [{ paramName: texts.paramName, value: texts.value, description: texts.description }],
    }),
  );

/** What a check has nothing against: names and bindings are right, texts are anything. */
const acceptedLayout = hostileLayout.map((layout) => ({
  ...layout,
  layers: [layer({ 5: bind('&kp', 'A'), 6: bind('&kp', 'B') }), layer()],
  macros: [{ name: 'fine', description: layout['title'], bindings: [bind('&kp', 'C')], params: [] }],
  config_parameters: [{ paramName: 'FINE', value: 'y', description: layout['title'] }],
}));

/** The same with an expression on a key, which may be one. */
const withExpression = fc.tuple(acceptedLayout, expression).map(([layout, text]) => ({
  ...layout,
  layers: [layer({ 5: bind('Custom', `&kp (${text})`), 6: bind('&kp', 'B') }), layer()],
}));

/** The paths of all nodes. */
function pathsOf(node: DtNode, path = ''): string[] {
  return [...node.nodes.values()].flatMap((inner) => [
    `${path}/${inner.name}`,
    ...pathsOf(inner, `${path}/${inner.name}`),
  ]);
}

/** The nodes, without those that are named by hostile texts. */
function shapeOf(root: DtNode): string[] {
  return pathsOf(root)
    .filter((path) => !/^\/(?:keymap\/layer_|combos\/combo_|mmv_input_listener\/node_|macros\/|__symbols__)/.test(path))
    .sort();
}

describe.skipIf(isCompilerLeftOut)('whatever the texts of a layout hold', () => {
  test('a layout is refused, or the compiler finds in its keymap what is meant and nothing else', async () => {
    const plain = await layouts.compile(
      JSON.stringify(
        layoutJson({ ...fc.sample(acceptedLayout, { numRuns: 1, seed: 1 })[0], layer_names: ['Base', 'x'] }),
      ),
    );
    const expected = compileDevicetree(plain.keymap);
    if (!expected.ok) throw new Error(expected.messages);
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(acceptedLayout, hostileLayout, withExpression), async (layout) => {
        const text = JSON.stringify(layout);
        const issues = await layouts.validate(text);
        if (issues.some(({ severity }) => severity === 'error')) return;
        accepted += 1;
        const { keymap, conf } = await layouts.compile(text);
        const result = compileDevicetree(keymap);
        if (!result.ok) throw new Error(result.messages);
        const { root } = result;
        expect(shapeOf(root)).toEqual(shapeOf(expected.root));
        for (const path of ['keymap', 'combos', 'macros', 'mmv_input_listener']) {
          expect(nodeAt(root, path).nodes.size).toBe(nodeAt(expected.root, path).nodes.size);
        }
        const [base] = nodeAt(root, 'keymap').nodes.values();
        if (base === undefined) throw new Error('no layer');
        expect([...base.properties.keys()].sort()).toEqual(['bindings', 'display-name']);
        const keys = bindingsOf(root, base);
        expect(keys).toHaveLength(80);
        expect(keys[6]).toEqual(['key_press', 0x7_00_05]);
        for (const line of conf.split('\n'))
          expect(line).toMatch(/^(?:#.*|CONFIG_[A-Z0-9_]+=(?:[ynm]|-?\w+|"[^"\\]*")|)$/u);
        expect(conf.split('\n').filter((line) => line.startsWith('CONFIG_'))).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
    expect(accepted).toBeGreaterThan(30);
  }, 60_000);

  test('a template that has them in comments and in texts stays in one piece', async () => {
    const template = [
      '// {{ title }}',
      '/* {{ notes }} {{ creator }} */',
      '{{ includes }}',
      '{{ defines }}',
      '/ { about { line = "{{ title }}"; more = "{{ notes }}"; most = "{{ creator }}"; }; };',
      '{{ custom_devicetree }} {{ input_listeners }} {{ custom_behaviors }} {{ macros }} {{ behaviors }} {{ combos }}',
      '{{ keymap }}',
    ].join('\n');
    await fc.assert(
      fc.asyncProperty(acceptedLayout, async (layout) => {
        const { text } = await layouts.render(JSON.stringify(layout), template);
        const result = compileDevicetree(text);
        if (!result.ok) throw new Error(result.messages);
        expect([...nodeAt(result.root, 'about').properties.keys()]).toEqual(['line', 'more', 'most']);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

test('whatever JSON there is, it is checked without an exception', async () => {
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, -1, 1.5, 1e300, '', '&kp', 'A', 'Custom', '__proto__', 'constructor'),
      hostile,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'value',
          'params',
          'name',
          'code',
          'bindings',
          'binding',
          'layers',
          'keyPositions',
          '__proto__',
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const members = Object.keys(layoutJson());
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...members), values), async (changed) => {
      const text = JSON.stringify({ ...layoutJson(), ...changed });
      const issues = await layouts.validate(text);
      const isValid = issues.every(({ severity }) => severity === 'warning');
      await layouts.compile(text).then(
        () => expect(isValid).toBe(true),
        (error: unknown) => {
          expect(isValid).toBe(false);
          expect(error).toMatchObject({ code: 'ERR_LAYOUT' });
        },
      );
    }),
    { numRuns: 300 },
  );
});
