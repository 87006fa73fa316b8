import { expect, it } from 'vitest';
import { renderPage } from './render-page.js';
import { Judgement } from './verdict.js';

it('tells what was broken, how to run it again, and takes nothing for markup', () => {
  const judgement = new Judgement(2, 'Nothing is sent');
  judgement.examined(1234);
  for (let i = 0; i < 20; i++) judgement.found('sent_during_pause', `delivery ${i} <script>`);
  const page = renderPage({
    clean: false,
    seed: 7,
    replay: 'npm run chaos -- --seed 7 --minutes 1',
    startedAt: '2026-11-24T03:00:00Z',
    seconds: 61,
    truths: [judgement.verdict(), new Judgement(3, 'No duplicates').verdict()],
    coverage: { complete: false, failpointsHit: ['after_claim'], failpointsMissed: ['receipt_poll'], faultsHit: [], faultsMissed: [] },
    figures: { 'provider requests': 5000 },
  });
  expect(page).toContain('npm run chaos -- --seed 7 --minutes 1');
  expect(page).toContain('<strong>sent_during_pause</strong>, 20 times');
  expect(page.match(/delivery \d+ &lt;script&gt;/g)).toHaveLength(8);
  expect(page).not.toContain('<script');
  expect(page).toContain('1,234');
  expect(page).toContain('receipt_poll');
});
