// The day of a rep, with the keyboard where it matters: find a deal, move it on, note a call, correct an amount,
// take it back, write a new deal, look at last week.
import { api, eventually, openPage, shot, signIn } from './harness.mjs';

async function firstDeal(page, filter) {
  const { body } = await api(page, 'GET', `/opportunities?${filter}&owner=eq.me&limit=1`);
  return body.rows[0];
}

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'rep');
  const stages = (await api(page, 'GET', '/stages?kind=eq.open&order=position')).body.rows;
  const deal = await firstDeal(page, `stage=in.(${stages.slice(0, 2).map((s) => s.id).join(',')})`);
  report.ok(Boolean(deal), 'the rep has an open deal');

  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Search' }).fill(deal.name.slice(0, 14));
  await page.getByRole('option').filter({ hasText: deal.name }).first().waitFor();
  await shot(page, 'rep-search');
  await page.goto(`${site.url}/opportunities/${deal.id}`);
  await page.getByRole('heading', { level: 1, name: deal.name }).waitFor();
  report.ok(true, 'search finds it, and its page opens');

  await page.click('[data-fact=amount] button');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('12345.5');
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: 'saved' }).waitFor();
  report.ok((await api(page, 'GET', `/opportunities/${deal.id}`)).body.amount === 12345.5, 'an amount is changed where it stands');
  await page.keyboard.press('u');
  await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
  report.ok((await api(page, 'GET', `/opportunities/${deal.id}`)).body.amount === deal.amount, 'and taken back with U');

  await page.keyboard.press('a');
  await page.locator('[data-composer]:focus').waitFor();
  await page.keyboard.type('Spoke with the plant manager\nShe wants the offer by Monday.');
  await page.getByRole('radio', { name: 'Call' }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).first().click();
  await page.getByRole('link', { name: 'Spoke with the plant manager' }).waitFor();
  report.ok(true, 'a call is noted and stands in the timeline');

  const next = stages.find((s) => s.position > (stages.find((one) => one.id === deal.stage)?.position ?? 0));
  await page.getByRole('button', { name: next.label, exact: true }).first().click();
  await page.locator(`[aria-current=step]`, { hasText: next.label }).waitFor();
  report.ok((await api(page, 'GET', `/opportunities/${deal.id}`)).body.stage === next.id, 'the deal moves to the next stage');
  await shot(page, 'rep-record');

  await page.goto(`${site.url}/opportunities`);
  await page.getByRole('grid').waitFor();
  await page.getByRole('link', { name: /^New / }).click();
  await page.locator('input[name=name]').fill('Valves for the new line');
  await page.locator('input[name=amount]').fill('48000');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { level: 1, name: 'Valves for the new line' }).waitFor();
  const made = (await api(page, 'GET', '/opportunities?name=eq.Valves%20for%20the%20new%20line&count=exact')).body;
  report.ok(made.rows.length === 1 && made.rows[0].amount === 48000, 'a deal is written with few fields, once');

  await page.goto(`${site.url}/opportunities?name=eq.Valves%20for%20the%20new%20line`);
  await page.getByRole('grid').focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'F2']) await page.keyboard.press(key);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('51000');
  await page.keyboard.press('Enter');
  await page.getByRole('gridcell').filter({ hasText: '51,000' }).waitFor();
  report.ok(true, 'a cell of the list is changed by keyboard alone');

  await page.getByRole('button', { name: /^Time machine/ }).click();
  await page.getByRole('button', { name: 'A week ago' }).click();
  await page.getByText('read only').first().waitFor();
  await page.getByText('Nothing fits these filters').waitFor();
  report.ok(await eventually(() => page.getByRole('button', { name: /Create/ }).first().isDisabled()), 'a week ago the deal was not there, and nothing can be created');
  await shot(page, 'rep-past');
  await page.getByRole('button', { name: 'Back to now' }).click();
  await page.getByRole('gridcell').filter({ hasText: '51,000' }).waitFor();
  report.ok(page.mistakes.length === 0, 'the pages made no mistake of their own', page.mistakes.join('\n'));
  await page.context().close();
}
