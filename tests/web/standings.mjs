// Contests, leaderboards, staying off, alerts: what a manager and a rep see and do.
import { api, axe, eventually, openPage, PHONE, settled, shot, signIn } from './harness.mjs';

const hiddenRow = (page) => page.locator('tr', { hasText: 'you' });

/** Results are written by the server a few seconds after it has begun. */
const ended = (page) => eventually(async () => (await api(page, 'GET', '/contests?state=eq.ended')).body.rows[0]);

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'manager');
  const contest = await ended(page);
  report.ok(Boolean(contest), 'the server writes the results of a contest that is over');
  await page.goto(`${site.url}/standings?contest=${contest.id}`);
  await page.locator('[data-standing] tbody tr').first().waitFor();
  report.ok(await eventually(async () => (await page.locator('[data-standing] tbody tr').count()) > 2), 'an ended contest shows its results');
  await page.locator('[data-standing]').getByText('won', { exact: true }).first().waitFor();
  report.ok(true, 'and who has won');
  await shot(page, 'standings-ended');

  await page.getByRole('button', { name: 'New leaderboard' }).click();
  await page.getByLabel('Name').fill('Deals this year');
  await page.getByRole('dialog').getByRole('button', { name: 'Put up' }).click();
  await page.getByRole('heading', { name: 'Deals this year' }).waitFor();
  await page.locator('[data-standing] tbody tr').first().waitFor();
  report.ok(true, 'a leaderboard is put up and shown');

  const rep = await openPage(browser);
  await signIn(rep, site, 'rep');
  await rep.goto(`${site.url}/settings/you`);
  await rep.getByLabel('Stay off contests and leaderboards').click({ force: true });
  await rep.getByText('You stay off leaderboards').first().waitFor();
  const mine = (await api(rep, 'GET', '/session')).body.user;
  const board = (await api(page, 'GET', '/leaderboards?name=eq.Deals%20this%20year')).body.rows[0];
  const seen = (await api(page, 'GET', `/leaderboards/${board.id}/standing`)).body.rows;
  report.ok(!seen.some((row) => row.id === mine.id), 'whoever stays off is on no leaderboard of others');
  await rep.goto(`${site.url}/standings?board=${board.id}`);
  await rep.locator('[data-standing]').waitFor();
  await settled(rep);
  report.ok((await hiddenRow(rep).count()) === 0, 'nor on their own view of it');

  await page.goto(`${site.url}/watch`);
  await page.getByRole('heading', { name: 'What is watched' }).waitFor();
  await settled(page);
  const before = await page.locator('section[aria-label="What is watched"] li').count();
  await page.locator('section[aria-label="Watch something"]').getByRole('button', { name: 'Watch' }).click();
  await page.locator('section[aria-label="What is watched"] li').nth(before).waitFor();
  report.ok(true, 'a measure is watched');
  await shot(page, 'watch');
  for (const [name, at] of [['standings', '/standings'], ['watch', '/watch']]) {
    const phone = await openPage(browser, { viewport: PHONE, scheme: 'dark' });
    await signIn(phone, site, 'manager');
    await phone.goto(site.url + at);
    await phone.locator('section[aria-label]').first().waitFor();
    await settled(phone);
    const found = await axe(phone);
    report.ok(found.length === 0, `${name} on a phone in the dark: axe finds nothing serious`, found.join('\n'));
    await shot(phone, `${name}-phone-dark`);
    await phone.context().close();
  }
  report.ok(page.mistakes.length + rep.mistakes.length === 0, 'no mistake of the pages’ own', [...page.mistakes, ...rep.mistakes].join('\n'));
  await rep.context().close();
  await page.context().close();
}
