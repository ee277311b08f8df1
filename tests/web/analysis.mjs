// Pipeline analysis: a figure opens just the records behind it, whichever panel it is of; any measure by anything; both
// views; the time machine; nothing serious for axe with lists open, in the dark and on a phone.
import { api, axe, fits, openPage, PHONE, shot, signIn } from './harness.mjs';

const panel = (page, name) => page.getByRole('region', { name, exact: true });

/** The count a button says, and how many deals it opens: by the list's own head and line by line. */
async function opens(page, report, region, name, told) {
  const button = panel(page, region).getByRole('button', { name }).first();
  const said = told ?? Number((await button.innerText()).match(/[\d,.]+/)[0].replace(/[,.]/g, ''));
  await button.click();
  const list = panel(page, region).locator('[data-behind]');
  await list.locator('tbody tr').first().waitFor();
  const counted = Number(await list.locator('[data-count]').getAttribute('data-count'));
  const lines = await list.locator('tbody tr').count();
  report.ok(said === counted && lines === counted, `${region}, ${name}: as many deals as it says`, `${said} said, ${counted} counted, ${lines} listed`);
  await list.getByRole('button', { name: 'Close' }).click();
}

/** A link to a list: as many records as the figure. */
async function leads(page, report, link, what) {
  const said = Number((await link.innerText()).match(/\d[\d,.]*/)[0].replace(/[,.]/g, ''));
  const href = await link.getAttribute('href');
  const { body } = await api(page, 'GET', `${href}&limit=1&count=exact`);
  report.ok(said > 0 && body.count === said, `${what} leads to just its records`, `${said} said, ${body.count} listed: ${href}`);
}

async function everyFigure(page, report) {
  const fall = (await api(page, 'GET', '/pipeline/velocity')).body.period;
  const won = (await api(page, 'GET', `/pipeline/waterfall?from=${fall.from_day}`)).body.moves.find((one) => one.key === 'won').count;
  await opens(page, report, 'What changed the open pipeline', /Won/, won);
  await opens(page, report, 'Funnel', /went on$/);
  await opens(page, report, 'Funnel', /lost$/);
  await opens(page, report, 'Deals at risk', /^All \d+ deals$/);
  await opens(page, report, 'Conversion by cohort', /still there$/);
  await opens(page, report, 'Stage ageing', /·/);
  await opens(page, report, 'Slippage', /^never pushed: /);
  const quiet = (await api(page, 'GET', '/pipeline/hygiene')).body.problems.find((one) => one.key === 'quiet').count;
  await opens(page, report, 'Hygiene of open deals', 'Quiet', quiet);
  const rows = panel(page, 'By owner').locator('tbody tr');
  const name = (await rows.first().locator('td').first().innerText()).trim();
  const row = (await api(page, 'GET', `/pipeline/waterfall?from=${fall.from_day}&by=owner`)).body.rows.find((one) => one.name === name);
  await opens(page, report, 'By owner', `${name}: New`, row.moves.find((one) => one.key === 'new').count);
  await leads(page, report, panel(page, 'Stage ageing').locator('tbody a').first(), 'an open stage');
  await leads(page, report, panel(page, 'Sales velocity').getByRole('link', { name: /^Open deals: / }), 'the open deals of velocity');
  await leads(page, report, panel(page, 'Conversion by cohort').locator('tbody a').first(), 'a cohort');
  await leads(page, report, panel(page, 'Activity, and what it came to').getByRole('link', { name: /^Calls: / }), 'the calls');
}

async function anything(page, report) {
  const explore = panel(page, 'Any figure by anything');
  await explore.getByRole('textbox', { name: 'Measure' }).click();
  await page.getByRole('option', { name: 'Deals created', exact: true }).click();
  await explore.getByRole('textbox', { name: 'Rows by' }).click();
  await page.getByRole('option', { name: 'Owner', exact: true }).click();
  await page.waitForURL(/m=created_count.*g=owner/);
  await leads(page, report, explore.locator('li a').first(), 'a measure by owner');
  await explore.getByRole('textbox', { name: 'And by' }).click();
  await page.getByRole('option', { name: 'Product', exact: true }).click();
  await explore.locator('tbody a').first().waitFor();
  await leads(page, report, explore.locator('tbody a').first(), 'a measure by owner and product');
  await page.getByRole('radiogroup', { name: 'Teams and calendar' }).getByText('As it is now').click();
  await page.waitForURL(/view=is/);
  await explore.locator('tbody a').first().waitFor();
  await leads(page, report, explore.locator('tbody a').first(), 'the same as it is now');
  report.ok(!(await api(page, 'GET', '/measures')).body.rows.find((one) => one.name === 'velocity').dimensions.includes('month'), 'what mixes two days is not offered by month');
}

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'manager');
  await page.goto(`${site.url}/analysis`);
  await panel(page, 'Conversion by cohort').locator('tbody tr').first().waitFor();
  await everyFigure(page, report);
  await panel(page, 'Stage ageing').getByRole('button', { name: /·/ }).first().click();
  await panel(page, 'Stage ageing').locator('[data-behind] tbody tr').first().waitFor();
  const found = await axe(page);
  report.ok(found.length === 0, 'analysis with a list open: axe finds nothing serious', found.join('\n'));
  await anything(page, report);
  await shot(page, 'analysis-any');
  await page.goto(`${site.url}/`);
  await leads(page, report, page.getByRole('link', { name: /^Deals won: / }), 'home: what was won');
  const due = page.getByRole('link', { name: / due in \d+ deals$/ });
  const said = Number((await due.first().innerText()).match(/(\d[\d,]*) deals/)[1].replace(/,/g, ''));
  const listed = (await api(page, 'GET', `${await due.first().getAttribute('href')}&limit=1&count=exact`)).body.count;
  report.ok(said === listed && said > 0, 'home: what is due leads to just its records', `${said} said, ${listed} listed`);
  const home = (await api(page, 'GET', '/home?hat=manager')).body.sections.quarter.rows[0];
  const told = (await api(page, 'GET', '/measures/query?measure=credited,attainment,to_pace')).body.total.values;
  report.ok(home.won === told.credited && Math.abs(home.attainment - told.attainment) < 1e-9 && home.gap === told.to_pace, 'home and the measures tell one attainment, by credit', JSON.stringify([home, told]));
  report.ok(page.mistakes.length === 0, 'no mistake of the page', page.mistakes.join('\n'));
  await page.context().close();

  const phone = await openPage(browser, { viewport: PHONE, scheme: 'dark' });
  await signIn(phone, site, 'manager');
  await phone.goto(`${site.url}/analysis`);
  await panel(phone, 'Funnel').getByRole('button', { name: /went on$/ }).first().click();
  await panel(phone, 'Funnel').locator('[data-behind] tbody tr').first().waitFor();
  const dark = await axe(phone);
  report.ok(dark.length === 0 && (await fits(phone)), 'on a phone in the dark likewise, and nothing is wider than the screen', dark.join('\n'));
  await shot(phone, 'analysis-phone');
  await phone.context().close();
}
