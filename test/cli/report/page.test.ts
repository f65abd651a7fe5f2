/**
 * The page of a report, in a real browser.
 */

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isBrowserLeftOut, useBrowser } from '../../support/browser.ts';
import { runCli } from '../cli-harness.ts';
import { plant, reads, session, storeSessions } from './planted.ts';
import { LOW_CONTRAST, OVERLAPPING, STICKING_OUT } from './probes.ts';

const DAY = 24 * 3600;
const THEMES = ['light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** What would run if it were not taken for text. */
const HOSTILE = [
  '</script><img src=x onerror="window.struck=1;fetch(\'https://example.invalid/\')">',
  '"><svg onload=window.struck=2>',
  "'-window.struck-'",
  '</title></style></code><script>window.struck=3</script>',
  '&lt;b&gt; & <b>',
  '\u0000\u001b[31m\u202egnp.exe',
  `${'long/'.repeat(80)}<iframe srcdoc="<script>parent.struck=4</script>">`,
];

const browser = useBrowser();
let folder: string;
let root: string;
let file: string;

beforeAll(async () => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-page-'));
  root = join(folder, 'root');
  plant(root, [
    ...HOSTILE.map((key, at) => ({ tag: 'hostile', key, size: 40_000 + at })),
    { tag: 'layout', key: 'largest', size: 300_000, age: 2 * DAY, ttl: 10 * DAY },
    { tag: 'layout', key: 'soon', size: 100, age: DAY, ttl: DAY + 1000 },
    { tag: 'layout', key: 'over', age: 100, ttl: 50 },
    { tag: 'a_tag_whose_name_is_as_long_as_the_name_of_a_tag_can_ever_be_her', key: 'x', age: 40 * DAY },
    ...['one', 'two', 'three', 'four', 'five', 'six'].map((tag) => ({ tag, key: tag, size: 5000 })),
  ]);
  storeSessions(root, {
    first: session('first', '2026-03-01T10:00:00.000Z', { layout: reads(30, 70), ['__proto__']: reads(1, 0) }),
    second: session('second', '2026-03-02T10:00:00.000Z', { layout: reads(90, 10) }),
    strange: '<script>window.struck=5</script>',
  });
  file = join(folder, 'report.html');
  await runCli(['--root', root, 'report', '--html', file]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What went on in a page that should stay by itself. */
interface Watched {
  readonly page: Page;
  readonly requests: string[];
  readonly troubles: string[];
}

interface Look {
  readonly theme?: Theme;
  readonly width?: number;
  readonly scripts?: boolean;
}

async function open(path: string, { theme = 'light', width = 1400, scripts = true }: Look = {}): Promise<Watched> {
  const page = await browser().newPage();
  onTestFinished(() => page.close());
  const requests: string[] = [];
  const troubles: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  // A policy that was broken is told here, too.
  page.on('console', (message) => troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('dialog', (dialog) => troubles.push(dialog.message()));
  await page.setViewport({ width, height: 800 });
  await page.setJavaScriptEnabled(scripts);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
  await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
  return { page, requests, troubles };
}

/** The page of a root of its own, with all that can be opened open. */
async function openWith(ofRoot: string, width: number): Promise<Page> {
  const path = `${ofRoot}-${width}.html`;
  await runCli(['--root', ofRoot, 'report', '--html', path]);
  const { page } = await open(path, { width });
  await ask(page, `document.querySelectorAll('details').forEach((details) => { details.open = true; })`);
  return page;
}

/** Evaluates an expression in the page; these tests are not compiled for a browser, so it is given as text. */
function ask(page: Page, expression: string): Promise<unknown> {
  return page.evaluate(expression);
}

/** The texts of the cells of a table, by its caption. */
function cells(page: Page, caption: string): Promise<unknown> {
  return ask(
    page,
    `[...document.querySelectorAll('table')]
      .find((table) => table.caption.textContent === ${JSON.stringify(caption)})
      ?.querySelectorAll('tbody tr').values()
      .map((row) => [...row.cells].map((cell) => cell.textContent.replaceAll('\\u00a0', ' '))).toArray()`,
  );
}

describe.skipIf(isBrowserLeftOut)('the page of a report', () => {
  it('has the figures, to be read and to be worked with', async () => {
    const { page } = await open(file);
    const { stdout } = await runCli(['--root', root, 'report', '--json']);
    const { totals, hitRates } = JSON.parse(stdout);
    const shown = await ask(
      page,
      `Object.fromEntries([...document.querySelectorAll('data')].map(({ id, value }) => [id.replace('figure-', ''), value]))`,
    );
    expect(shown).toEqual({
      entries: String(totals.entries),
      size: String(totals.sizeBytes),
      limit: String(totals.maxSizeBytes),
      'hit-rate': String(hitRates.hitRate),
      expired: '1',
      'never-expire': String(totals.neverExpire),
    });
    expect(await ask(page, `document.getElementById('root').textContent`)).toBe(root);
    expect(await cells(page, 'Reads by tag')).toEqual([
      ['__proto__', '100 %', '1', '0', '0'],
      ['layout', '60 %', '120', '80', '0'],
    ]);
    expect(await cells(page, 'Reads over time')).toEqual([
      ['2026-03-01 10:00 UTC', '30.7 %', '31', '70'],
      ['2026-03-02 10:00 UTC', '90 %', '90', '10'],
    ]);
    expect(await cells(page, 'Time left, entries')).toContainEqual(['7d to 30d', '1', '5.3 %', 'layout 1']);
  });

  it('draws every figure that it tells', async () => {
    const { page } = await open(file);
    const pictures = `[...document.querySelectorAll('svg.picture')]`;
    const labels = await ask(
      page,
      `${pictures}.map((picture) => picture.getAttribute('aria-label').replaceAll('\\u00a0', ' '))`,
    );
    expect(labels).toHaveLength(11);
    expect(labels).toContainEqual(
      expect.stringMatching(/^Hit rate by tag: __proto__ 100 % of 1 read, layout 60 % of 200 reads$/),
    );
    expect(labels).toContainEqual(expect.stringMatching(/^Largest entries: largest 292.97 KB, /));
    // Bars are as long as what they stand for: the rates of two tags.
    const lengths = await ask(
      page,
      `${pictures}.find((picture) => picture.ariaLabel.startsWith('Hit rate by tag'))
        .querySelectorAll('.rate').values().map((bar) => Math.round(bar.getBBox().width)).toArray()`,
    );
    expect(lengths).toEqual([360, 216]);
    // All entries of a histogram are in its columns, and higher columns have more.
    const columns = await ask(
      page,
      `${pictures}.find((picture) => picture.ariaLabel.startsWith('Age, entries'))
        .querySelectorAll('g > title').values()
        .map((title) => [parseInt(title.textContent.split(': ')[1]), Math.round([...title.parentNode.querySelectorAll('rect')].reduce((sum, part) => sum + part.height.baseVal.value, 0))]).toArray()`,
    );
    expect(columns).toEqual([
      [16, 130],
      [2, 16],
      [1, 8],
    ]);
  });

  it('takes what comes from the cache for text: nothing of it runs, and nothing leaves the page', async () => {
    const { page, requests, troubles } = await open(file);
    await page.waitForNetworkIdle();
    expect(await ask(page, 'typeof window.struck')).toBe('undefined');
    expect({ requests, troubles }).toEqual({ requests: [pathToFileURL(file).href], troubles: [] });
    expect(await ask(page, `document.querySelectorAll('img, iframe, b, link, [onload], [onerror]').length`)).toBe(0);
    const keys = await ask(
      page,
      `[...document.querySelectorAll('code.key, .key .whole')].map((key) => key.textContent)`,
    );
    expect(keys).toEqual(expect.arrayContaining(HOSTILE.slice(0, 5)));
    expect(keys).toContain('\\u0000\\u001b[31m\\u202egnp.exe');
    expect(keys).toContain(HOSTILE[6]);
  });

  it('lets nothing run, be fetched or be sent, even if something got in', async () => {
    const { page } = await open(file);
    const refused = await ask(
      page,
      `(async () => {
        const refused = [];
        document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
        document.body.insertAdjacentHTML('beforeend', '<img src="https://example.invalid/x.png" onerror="window.struck=6">');
        document.body.insertAdjacentHTML('beforeend', '<p style="color: red"></p>');
        const script = document.createElement('script');
        script.textContent = 'window.struck = 7';
        document.body.append(script);
        await fetch('https://example.invalid/').catch(() => {});
        await new Promise((done) => setTimeout(done, 50));
        return refused.sort();
      })()`,
    );
    expect(refused).toEqual(['connect-src', 'img-src', 'script-src-attr', 'script-src-elem', 'style-src-attr']);
    expect(await ask(page, 'typeof window.struck')).toBe('undefined');
  });

  it('shortens a long key and has the whole of it at hand', async () => {
    const { page } = await open(file);
    const [short, isShown] = [
      `document.querySelector('.key summary')`,
      `document.querySelector('.key .whole').checkVisibility()`,
    ];
    expect(await ask(page, `${short}.textContent.length`)).toBe(66);
    expect(await ask(page, isShown)).toBe(false);
    await page.click('.key summary');
    expect(await ask(page, isShown)).toBe(true);
  });

  it('sorts its tables', async () => {
    const { page } = await open(file);
    const firsts = () =>
      ask(page, `[...document.querySelectorAll('#tags tbody tr')].slice(0, 2).map((row) => row.cells[0].textContent)`);
    expect(await firsts()).toEqual([expect.stringMatching(/^a_tag/), 'five']);
    await page.click('#tags th:nth-child(2) button');
    expect(await firsts()).toEqual(['hostile', 'metrics']);
    expect(await ask(page, `document.querySelector('#tags th:nth-child(2)').ariaSort`)).toBe('descending');
    await page.click('#tags th:nth-child(1) button');
    expect(await firsts()).toEqual([expect.stringMatching(/^a_tag/), 'five']);
  });

  it('follows the theme of the system, or the one that is chosen', async () => {
    const { page } = await open(file, { theme: 'dark' });
    const background = () => ask(page, 'getComputedStyle(document.body).backgroundColor');
    const dark = await background();
    await page.click('#theme');
    const light = await background();
    expect([light, dark]).toEqual(['rgb(245, 245, 242)', 'rgb(17, 19, 21)']);
    await page.click('#theme');
    expect(await background()).toBe(dark);
  });

  it('tells everything with scripts switched off', async () => {
    const { page } = await open(file, { scripts: false });
    // The protocol can still look when the page can't.
    expect(await ask(page, `document.querySelector('#figure-expired').textContent`)).toBe('1');
    expect(await ask(page, `document.getElementById('theme').checkVisibility()`)).toBe(false);
    expect(await ask(page, `document.querySelectorAll('svg.picture').length`)).toBe(11);
  });

  it.each([[360], [720], [1400]])('fits into a width of %d', async (width) => {
    const { page } = await open(file, { width });
    await ask(page, `document.querySelectorAll('details').forEach((details) => { details.open = true; })`);
    // Nothing sticks out of its card, and no text of a picture lies over another.
    expect(await ask(page, STICKING_OUT)).toEqual([]);
    expect(await ask(page, 'document.documentElement.scrollWidth')).toBe(width);
    expect(await ask(page, OVERLAPPING)).toEqual([]);
  });

  it.each([[360], [720], [1400]])('has room for large figures of long names in a width of %d', async (width) => {
    const large = join(folder, 'large');
    const name = 'long_name_of_a_tag_'.repeat(4).slice(0, 64);
    plant(large, [{ tag: name, key: 'key/'.repeat(50), size: 1_000_000, ttl: 3_000_000_000 }]);
    const counted = {
      hits: 3_370_370_367,
      misses: 337_037_034,
      operations: 1e10,
      errors: 33_703_701,
      averageSeconds: {},
    };
    storeSessions(large, { first: session('first', '2026-03-01T10:00:00.000Z', { [name]: counted }) });
    const page = await openWith(large, width);
    expect(await ask(page, STICKING_OUT)).toEqual([]);
    expect(await ask(page, OVERLAPPING)).toEqual([]);
  });

  it.each(THEMES)('can be read by everybody, in the %s theme', async (theme) => {
    const { page } = await open(file, { theme });
    await ask(page, `document.querySelectorAll('details').forEach((details) => { details.open = true; })`);
    await page.evaluate(axe.source);
    const results = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
    expect(violationsIn(results)).toEqual([]);
    // Of pictures, axe doesn't look at colours.
    expect(await ask(page, LOW_CONTRAST)).toEqual([]);
  });

  it('prints with all its numbers', async () => {
    const { page } = await open(file, { theme: 'dark' });
    await page.emulateMediaType('print');
    expect(await ask(page, 'getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const pdf = await page.pdf({ format: 'a4' });
    expect(pdf.length).toBeGreaterThan(20_000);
    expect(await ask(page, `document.querySelectorAll('details.numbers[open]').length`)).toBe(0);
  });

  it('says what there is of an empty root, and how to get hit rates', async () => {
    const empty = join(folder, 'empty.html');
    await runCli(['--root', join(folder, 'none'), 'report', '--html', empty]);
    const { page, troubles } = await open(empty);
    expect(troubles).toEqual([]);
    expect(await ask(page, `document.querySelector('.warning').textContent`)).toBe('This root does not exist yet.');
    expect(await ask(page, `document.querySelector('#hit-rates').innerText`)).toMatch(
      /call storeSession before it ends/,
    );
  });

  it('is what these tests would notice: a page that lets things in fails them', async () => {
    const leaky = join(folder, 'leaky.html');
    writeFileSync(leaky, `<!doctype html><p style="color:#aaa">pale</p>${HOSTILE[0]}`);
    const { page, requests } = await open(leaky);
    await page.waitForNetworkIdle();
    expect(await ask(page, 'window.struck')).toBe(1);
    expect(requests.length).toBeGreaterThan(1);
    await page.evaluate(axe.source);
    expect(violationsIn(await page.evaluate('axe.run(document)'))).toContainEqual(
      expect.stringMatching(/^color-contrast/),
    );
  });
});

function violationsIn(results: unknown): string[] {
  const { violations }: Pick<AxeResults, 'violations'> = Object(results);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
