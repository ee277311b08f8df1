// Scorecards: the manager's list, as cards and as a table; one person's page with its charts and their tables; a figure
// that leads to its records; the rep, who is led to the own page and to nobody else's.
import { api, eventually, openPage, shot, signIn } from './harness.mjs';

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'manager');
  await page.goto(`${site.url}/performance`);
  await page.locator('ul svg[role=img]').first().waitFor();
  const scores = (await api(page, 'GET', '/performance')).body;
  report.ok(await eventually(async () => (await page.locator('ul svg[role=img]').count()) === scores.rows.length), 'a card for everybody in the line');
  await page.getByText('Table', { exact: true }).click();
  await page.locator('table tbody tr').first().waitFor();
  await page.getByRole('button', { name: 'Deals created' }).click();
  const most = [...scores.rows].sort((a, b) => b.values.created_count - a.values.created_count)[0];
  await page.waitForURL(/order=created_count/);
  report.ok(await eventually(async () => (await page.locator('table tbody tr').first().innerText()).includes(most.name)), 'the table is ordered by a click on its head');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  report.ok(/^performance .*\.csv$/.test(file.suggestedFilename()), 'the table as a file', file.suggestedFilename());

  await page.locator('table tbody tr a', { hasText: most.name }).click();
  await page.waitForURL(new RegExp(`/performance/${most.id}`));
  const card = page.getByRole('region', { name: 'Deals created', exact: true });
  await card.locator('svg').waitFor();
  await card.getByRole('button', { name: 'As a table' }).click();
  const link = card.locator('tbody a').first();
  const told = Number(await link.innerText());
  await link.click();
  await page.waitForURL(/\/opportunities\?/);
  const listed = (await api(page, 'GET', `/opportunities?limit=1000&${new URL(page.url()).search.slice(1)}`)).body.rows.length;
  report.ok(told === listed, 'a month leads to its records', `${told} told, ${listed} listed`);
  report.ok(page.mistakes.length === 0, 'no mistake of the pages', page.mistakes.join('\n'));
  await page.context().close();

  const rep = await openPage(browser);
  await signIn(rep, site, 'rep');
  const me = (await api(rep, 'GET', '/session')).body.user;
  await rep.goto(`${site.url}/performance`);
  await rep.waitForURL(new RegExp(`/performance/${me.id}`));
  await rep.getByRole('region', { name: 'Figures' }).waitFor();
  report.ok(true, 'a rep is led to the own page');
  const other = scores.rows.find((row) => row.id !== me.id);
  await rep.goto(`${site.url}/performance/${other.id}`);
  await rep.getByText('the page of a person is that person').first().waitFor();
  report.ok(!(await rep.locator('#page').innerText()).includes(other.name), 'and to nobody else’s');
  await shot(rep, 'performance-refused');
  await rep.context().close();
}
