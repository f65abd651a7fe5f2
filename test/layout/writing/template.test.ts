import { describe, expect, test } from 'vitest';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { LayoutService } from '../../../src/layout/index.ts';
import { layer, layoutText, richLayout } from '../sample-layouts.ts';

const layouts = new LayoutService(new DisabledCache({ tag: 'layout' }));
const render = async (template: string, text = layoutText()) => await layouts.render(text, template);

describe('a template', () => {
  test('gets the parts of the keymap in the places of their names', async () => {
    const { text } = await render(
      '// {{title}} for {{ keyboard }}\n{{ defines }}\n#define AGAIN "{{   title   }}"\n{{ keymap }}',
    );
    expect(text).toMatch(
      /^\/\/ A layout for glove80\n#define LAYER_Base 0\n#define AGAIN "A layout"\n\/ \{\n {4}keymap/,
    );
  });

  test('is told which placeholders there are none of, and where', async () => {
    await expect(render('{{ keymap }}\n\n  {{ kaymap }}')).rejects.toMatchObject({
      code: 'ERR_LAYOUT',
      message: expect.stringContaining(
        'template line 3: unknown placeholder "{{ kaymap }}"; there are title, creator,',
      ),
    });
    await expect(render('{{}}{{ keymap }}')).rejects.toThrow('unknown placeholder "{{}}"');
    await expect(render('{{ toString }}{{ keymap }}')).rejects.toThrow('unknown placeholder');
  });

  test('is told what it leaves out, if the layout has it', async () => {
    const { warnings } = await render('{{ keymap }}', JSON.stringify(richLayout()));
    expect(warnings.map(({ message }) => message)).toEqual(
      ['custom_devicetree', 'input_listeners', 'custom_behaviors', 'macros', 'behaviors', 'combos'].map(
        (name) => `template: {{ ${name} }} has no place in it, but the layout needs it`,
      ),
    );
    expect((await render('{{ keymap }}')).warnings).toEqual([]);
  });

  test('is not filled again from what it was filled with', async () => {
    const text = layoutText({ title: '{{ creator }}', layer_names: ['{{ notes }}'], layers: [layer()] });
    const { text: rendered } = await render('"{{ title }}" {{ keymap }}', text);
    expect(rendered).toMatch(/^"\{\{ creator \}\}" /);
    expect(rendered).toContain('display-name = "{{ notes }}";');
  });

  test('with all parts makes what is made without one', async () => {
    const text = JSON.stringify(richLayout());
    const { keymap } = await layouts.compile(text);
    const parts = [
      'custom_devicetree',
      'input_listeners',
      'custom_behaviors',
      'macros',
      'behaviors',
      'combos',
      'keymap',
    ];
    const template = ['includes', 'defines', ...parts].map((name) => `{{ ${name} }}`).join('\n\n');
    const rendered = await layouts.render(text, template);
    expect(keymap.split('\n').slice(2).join('\n').trim()).toBe(rendered.text);
    expect(rendered.warnings).toEqual([]);
  });

  test('must be a text', async () => {
    // @ts-expect-error: what a caller in JavaScript may do
    await expect(layouts.render(layoutText(), 5)).rejects.toThrow('template must be a text with placeholders, not 5');
  });
});
