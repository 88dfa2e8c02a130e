import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { verifyChains } from '../../../../core/evidence/chain.ts';
import type { DrillFacts } from '../../../../core/evidence/facts.ts';
import { renderReport } from '../../../../core/evidence/report/report.ts';
import type { Language } from '../../../../core/notice/index.ts';
import { openBrowser } from '../../../helpers/browser.ts';
import { checkResult, sampleFacts } from '../../../helpers/sample-drill.ts';
import { failedDrill, storedChain, yearOfDrills } from '../../../helpers/sample-history.ts';

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-report-'));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

const orders: DrillFacts = {
  ...sampleFacts(),
  database: 'orders',
  kind: 'cluster',
  region: 'ap-northeast-3',
  place: 'replica',
  source: 'copy',
};
const year = [...yearOfDrills(failedDrill()), ...yearOfDrills(orders)];

function render(stored = year, language: Language = 'en', change: object = {}): string {
  return renderReport(
    {
      policy: 'shop',
      writtenAt: new Date('2026-11-01T02:05:00Z'),
      chains: verifyChains(stored),
      problems: [],
      verifyWith: 'fukugen evidence verify s3://shop-evidence-111122223333-ap-northeast-1',
      ...change,
    },
    { language, timezone: 'Asia/Tokyo' },
  );
}

interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

async function open(html: string, media: Parameters<Page['emulateMedia']>[0] = {}): Promise<Opened> {
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  const page = await browser.newPage({ viewport: { width: 1_100, height: 900 } });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.emulateMedia(media);
  await page.goto(pathToFileURL(file).href);
  return { page, requests, complaints };
}

const backgroundOf = (page: Page) => page.evaluate('getComputedStyle(document.querySelector("main")).backgroundColor');

describe('the report in a browser', () => {
  test.each<[Language, string, string[]]>([
    ['en', '✕ 1 of 2 databases did not pass.', ['✕ Failed', '✓ Passed']],
    ['ja', '✕ 2 個中 1 個のデータベースが不合格です。', ['✕ 不合格', '✓ 合格']],
  ])('shows verdicts, charts and tables, and asks for nothing (%s)', async (language, conclusion, verdicts) => {
    const { page, requests, complaints } = await open(render(year, language));
    expect(await page.textContent('.conclusion')).toBe(conclusion);
    expect(await page.locator('table.summary tbody tr td:nth-of-type(1)').allTextContents()).toEqual(verdicts);
    for (const table of ['timeline', 'checks', 'not-covered', 'history', 'evidence'])
      expect(await page.locator(`table.${table} caption`).first().isVisible()).toBe(true);
    expect(await page.locator('table.history').first().locator('tbody tr').count()).toBe(12);
    // Per database: the timeline, the RTO and the RPO.
    expect(await page.locator('.chart svg').count()).toBe(6);
    for (const chart of await page.locator('.chart svg').all()) {
      const box = await chart.boundingBox();
      expect(box?.width).toBeGreaterThan(600);
      expect(await chart.locator('path').count()).toBeGreaterThan(4);
    }
    expect({ requests: requests.length, complaints }).toEqual({ requests: 1, complaints: [] });
    await page.close();
  });

  test('is dark where the reader wants it, and light on paper whatever the reader wants', async () => {
    const dark = await open(render(), { colorScheme: 'dark' });
    expect(await backgroundOf(dark.page)).toBe('rgb(24, 29, 35)');
    await dark.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await backgroundOf(dark.page)).toBe('rgb(255, 255, 255)');
    const paper = await dark.page.pdf();
    expect(paper.subarray(0, 5).toString()).toBe('%PDF-');
    await dark.page.close();
  });

  test('has charts in the colours of the page', async () => {
    const { page } = await open(render(), { colorScheme: 'dark' });
    const colours = await page.evaluate(
      '[...document.querySelectorAll(".chart path, .chart text")].map((one) => getComputedStyle(one).fill)',
    );
    expect(colours).toContain('rgb(125, 184, 224)');
    await page.close();
  });

  test('fits a small screen without being wider than it', async () => {
    const { page } = await open(render());
    await page.setViewportSize({ width: 380, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380);
    await page.close();
  });

  test('runs no script and loads nothing, whatever is in the names', async () => {
    const attack = `<img src="https://evil.example/x.png" onerror="document.title='hacked'"><script>document.title='hacked'</script>`;
    const facts: DrillFacts = {
      ...sampleFacts(),
      compared: [
        checkResult('shrinkage', {
          outcome: 'failed',
          database: attack,
          text: attack,
          findings: [{ object: attack, text: attack }],
          covered: 0,
          notCovered: [attack],
        }),
      ],
    };
    const { page, requests, complaints } = await open(render(storedChain([facts]), 'en', { problems: [attack] }));
    expect(await page.title()).toBe('Restore drill report: shop');
    expect({ requests: requests.length, complaints }).toEqual({ requests: 1, complaints: [] });
    expect(await page.locator('table.checks').textContent()).toContain(attack);
    await page.close();
  });

  test('even if something slipped through, would load nothing: the policy in it forbids that', async () => {
    const slipped = render().replace(
      '</main>',
      '<img src="https://evil.example/x.png"><script>document.title=1</script></main>',
    );
    const { page, complaints } = await open(slipped);
    expect(await page.title()).toBe('Restore drill report: shop');
    expect(complaints.filter((text) => /Content Security Policy directive/.test(text))).toHaveLength(2);
    await page.close();
  });
});

describe('the words of the report', () => {
  test('given that all went well, says so', () => {
    const page = render(storedChain([sampleFacts()]));
    expect(page).toContain('✓ The database was restored and passed every check.');
    expect(page).toContain('Everything that the policy asks for was looked at.');
    expect(page).toContain('<td class="figure">2 / 2</td>');
  });

  test('given that a check only warned, does not say that every check passed', () => {
    const compared = [checkResult('constraints', { outcome: 'warned', text: 'one was never validated' })];
    const stored = storedChain([{ ...sampleFacts(), compared }]);
    expect(render(stored)).toContain('✓ The database was restored and passed, with 1 warning.');
    expect(render(stored, 'ja')).toContain('✓ データベースを復元し、合格しました (警告 1 件)。');
  });

  test('given a problem beside the records, is not green', () => {
    const page = render(storedChain([sampleFacts()]), 'en', { problems: ['main: tear-down: it is still there'] });
    expect(page).toContain('<p class="conclusion failed">✕ Failed</p>');
    expect(page).toContain('main: tear-down: it is still there');
  });

  test('given a drill that did not get as far as the checks, says so', () => {
    const { survey: _, ...facts } = sampleFacts();
    const failure = { step: 'restore', error: 'NothingToRestore', text: 'restore: there is no recovery point' };
    const page = render(storedChain([{ ...facts, marks: [], answers: new Map(), failure }]));
    expect(page).toContain('The drill did not get as far as the checks.');
    expect(page).toContain('restore: there is no recovery point');
  });

  test('given a restored point that says nothing of its time, the RPO was not measured; given none, it was not reached', () => {
    const facts = sampleFacts();
    const note = facts.note as NonNullable<DrillFacts['note']>;
    const { databaseTime: _, ...origin } = note.origin;
    const rpoOf = (given: DrillFacts) => /<td><span class="quiet">(not [a-z]+)/.exec(render(storedChain([given])))?.[1];
    expect(rpoOf({ ...facts, note: { ...note, origin } })).toBe('not measured');
    const { note: _none, survey: _survey, ...none } = facts;
    expect(rpoOf({ ...none, marks: facts.marks.slice(0, 0), answers: new Map() })).toBe('not reached');
  });

  test('given an objective that was missed, says so beside the figure, and the verdict stays', () => {
    const page = render(storedChain([{ ...sampleFacts(), objectives: { rpoSeconds: 60, rtoSeconds: 60 } }]));
    expect(page).toContain('32 min</span> <span class="mark failed">▲ missed</span>');
    expect(page).toContain('✓ The database was restored and passed every check.');
  });

  test('given a drill by name, reports that one and draws nothing that came after', () => {
    const page = render(year, 'en', { drill: 'drill-3' });
    expect(page).toContain('<code>drill-3</code>');
    expect(page).not.toContain('<code>drill-2026-11</code>');
  });

  test('shows a character that hides as its number', () => {
    const compared = [checkResult('shrinkage', { findings: [{ object: 'public.a\u202eb', text: 'x' }] })];
    expect(render(storedChain([{ ...sampleFacts(), compared }]))).toContain(
      'public.a<span class="hidden-character">U+202E</span>b',
    );
  });

  test('given a damaged chain, says what is wrong with it', () => {
    expect(render(year.slice(1))).toContain('before it, 1 is missing');
  });
});
