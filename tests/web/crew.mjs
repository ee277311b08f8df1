// The leader's pages: vision and goals, coaching with its rubric, the rating by the coached, the order of an agenda, the ledger, series and library.
import { api, axe, DESK, eventually, fits, openPage, PHONE, shot, signIn } from './harness.mjs';

const body = async (page, path) => (await api(page, 'GET', path)).body;

async function goals(page, site, report) {
  await page.goto(`${site.url}/vision`);
  await page.getByRole('region', { name: 'From goal to key result' }).waitFor();
  await page.getByRole('button', { name: 'Goal', exact: true }).click();
  const asked = page.getByRole('dialog');
  await asked.getByLabel('What is to be so in the end').fill('Fewer offers, better ones');
  await asked.getByRole('button', { name: 'Save' }).click();
  await asked.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Fewer offers, better ones', exact: true }).click();
  await page.getByRole('button', { name: 'Add a key result' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByText('Told by hand').click();
  await form.getByLabel('What is counted or measured').fill('Offers with a named sponsor');
  await form.getByLabel('Target', { exact: false }).last().fill('40');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Offers with a named sponsor' }).click();
  await page.getByLabel('Value now').fill('12');
  await page.getByRole('button', { name: 'Check in' }).click();
  await page.getByRole('status').filter({ hasText: 'Noted' }).waitFor();
  const goal = (await body(page, '/goals/tree')).goals.find((one) => one.name === 'Fewer offers, better ones');
  report.ok(goal?.key_results[0]?.value === 12 && goal.progress === 0.3, 'a goal, a key result and a check-in are made on the page', JSON.stringify(goal));
  await page.getByRole('button', { name: 'Fewer offers, better ones', exact: true }).click();
  await page.getByRole('button', { name: 'Drop', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Why').fill('Another goal says it better');
  await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
  await page.getByRole('status').filter({ hasText: 'is dropped' }).waitFor();
  const dropped = await body(page, `/objectives/${goal.id}`);
  report.ok(dropped.state === 'dropped' && dropped.reason === 'Another goal says it better', 'and dropped with its reason');
  report.ok((await api(page, 'POST', '/objectives', { name: 'x', from_day: '2026-01-01', to_day: '2026-02-01', state: 'dropped' })).status === 400, 'without one it is refused');
}

async function coaching(page, site, report) {
  const me = (await body(page, '/session')).user.id;
  const person = (await body(page, '/home?hat=leader')).sections.one_on_ones.rows[0].user;
  const today = (await body(page, '/session')).today;
  const talk = (await api(page, 'POST', '/one_on_ones', { leader: me, person, day: today })).body.id;
  for (const text of ['First point', 'Second point']) await api(page, 'POST', '/agenda_items', { author: me, other: person, one_on_one: talk, text });
  await page.goto(`${site.url}/coaching/${talk}`);
  const handle = page.getByRole('button', { name: /Second point/ }).and(page.locator('[data-handle]'));
  await handle.focus();
  await handle.press('ArrowUp');
  await eventually(async () => (await body(page, `/agenda_items?one_on_one=eq.${talk}&position=not.is.null`)).rows?.length > 1);
  await page.reload();
  await page.getByLabel('Talked about: Second point').waitFor();
  const order = await page.getByRole('region', { name: 'Agenda' }).getByRole('checkbox').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  report.ok(order.indexOf('Talked about: Second point') < order.indexOf('Talked about: First point'), 'points are put in order with the arrows', order.join(', '));
  await page.getByRole('button', { name: 'Note a session' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: 'Rubric' }).click();
  await page.getByRole('option').first().click();
  await form.getByRole('radiogroup').getByText('4', { exact: true }).nth(3).waitFor(); // the lines of the rubric are read
  for (const group of await form.getByRole('radiogroup').all()) if (await group.getByText('4', { exact: true }).count()) await group.getByText('4', { exact: true }).click();
  await form.getByLabel('What was seen and said').fill('Asked before showing.');
  await form.getByRole('button', { name: 'Note it' }).click();
  await form.waitFor({ state: 'detached' });
  const noted = (await body(page, `/coaching_sessions?person=eq.${person}&day=eq.${today}`)).rows[0];
  const scores = (await body(page, `/coaching_scores?session=eq.${noted?.id}`)).rows;
  report.ok(noted?.kind === 'call' && noted.minutes === 30 && scores.length === 4 && scores.every((one) => one.score === 4), 'a session is noted with the scores of its rubric', JSON.stringify([noted, scores]));
  await shot(page, 'crew-talk');
  await page.goto(`${site.url}/coaching/ledger`);
  await page.getByRole('region', { name: 'Who was coached' }).waitFor();
  report.ok(await eventually(async () => (await page.getByText(/Cannot be known yet|No effect can be told|beyond chance|by more than chance/).count()) === 4), 'the ledger says of four outcomes what can be known');
}

async function series(page, site, report) {
  await page.goto(`${site.url}/coaching`);
  await page.getByRole('button', { name: /^More with / }).first().click();
  await page.getByRole('menuitem', { name: 'Coaching plan' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('What is to be so at the end').fill('Asks before showing');
  await form.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('heading', { name: 'Asks before showing' }).waitFor();
  const id = Number(page.url().split('/').pop());
  await page.getByRole('region', { name: 'The series' }).getByText('Planned').nth(3).waitFor();
  await page.getByRole('region', { name: 'The series' }).getByRole('button', { name: 'Note a session' }).click();
  await form.getByRole('textbox', { name: 'Rubric' }).click();
  await page.getByRole('option').first().click();
  await form.getByRole('radiogroup').getByText('4', { exact: true }).nth(3).waitFor();
  for (const group of await form.getByRole('radiogroup').all()) if (await group.getByText('4', { exact: true }).count()) await group.getByText('4', { exact: true }).click();
  await form.getByLabel('What to try next').fill('Two questions more');
  await form.getByRole('button', { name: 'Note it' }).click();
  await page.getByRole('region', { name: 'The series' }).getByText('Two questions more').waitFor();
  const made = await body(page, `/coaching/plans/${id}`);
  report.ok(made.entries.length === 4 && made.held_count === 1 && made.lines.length === 4 && made.next.day !== null, 'a series of four is made from the list in three clicks, and its first session noted', JSON.stringify(made));
  await page.getByRole('img', { name: 'One scored session, 4 of 5' }).first().waitFor();
  const found = await axe(page);
  report.ok(found.length === 0, 'the series has nothing serious to hear', found.join('\n'));
  await shot(page, 'crew-series');
  await page.setViewportSize(PHONE);
  report.ok(await fits(page), 'and fits a phone');
  await page.setViewportSize(DESK);
}

async function library(page, site, report) {
  await page.goto(`${site.url}/coaching/library`);
  await page.getByLabel('New rubric: its name').fill('Product demo');
  await page.getByLabel('New rubric: its name').press('Enter');
  const editor = page.getByRole('region', { name: 'Product demo' });
  await editor.getByLabel('Add a line').fill('Shows what was asked for');
  await editor.getByLabel('Add a line').press('Enter');
  await editor.getByRole('button', { name: '0 of 5 in words' }).click();
  await editor.getByLabel('What a 3 looks like: Shows what was asked for').fill('Half of it');
  await editor.getByLabel('What a 3 looks like: Shows what was asked for').blur();
  await editor.getByRole('button', { name: 'one of 5 in words' }).waitFor();
  await page.getByRole('button', { name: 'Retire: Product demo' }).click();
  await eventually(async () => (await body(page, '/rubrics?name=eq.Product%20demo')).rows[0]?.is_retired);
  const rubric = (await body(page, '/rubrics?name=eq.Product%20demo')).rows[0];
  const line = (await body(page, `/rubric_lines?rubric=eq.${rubric?.id}`)).rows[0];
  report.ok(rubric?.is_retired === true && line?.middle === 'Half of it' && line.position === 1, 'a rubric is made, said in words and retired in place', JSON.stringify([rubric, line]));
  await page.getByText('Ways to talk', { exact: true }).click();
  await page.getByRole('button', { name: /^GROW/ }).click();
  await page.getByRole('button', { name: 'Make it ours' }).click();
  await page.getByRole('region', { name: 'Our GROW' }).getByLabel('Question').nth(11).waitFor();
  const own = (await body(page, '/coaching/library')).templates.find((one) => one.label === 'Our GROW');
  report.ok(own?.questions.length === 12, 'GROW is taken over as a way of one\'s own', JSON.stringify(own));
  const found = await axe(page);
  report.ok(found.length === 0, 'the library has nothing serious to hear', found.join('\n'));
}

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'leader');
  await goals(page, site, report);
  await coaching(page, site, report);
  await series(page, site, report);
  await library(page, site, report);
  report.ok(page.mistakes.length === 0, 'crew: no mistake of the pages\' own', page.mistakes.join('\n'));
  await page.context().close();
}
