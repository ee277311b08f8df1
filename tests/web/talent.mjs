// A leader rates somebody and draws pairs; the person reads it of oneself, answers, and says where they want to go.
import { api, openPage, shot, signIn } from './harness.mjs';

async function lead({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'manager');
  const session = (await api(page, 'GET', '/session')).body;
  const matrix = (await api(page, 'GET', '/talent/matrix')).body;
  const rep = site.email.rep && (await api(page, 'GET', `/users?email=eq.${encodeURIComponent(site.email.rep)}`)).body.rows[0];
  const person = matrix.people.find((one) => one.user === rep?.id) ?? matrix.people.find((one) => one.user !== session.user.id && one.cells.length);
  await page.goto(`${site.url}/talent`);
  await page.getByRole('link', { name: person.name }).first().click();
  await page.getByRole('heading', { level: 1, name: person.name }).waitFor();
  const skill = matrix.skills.find((one) => one.hat === 'seller').name;
  await page.getByRole('button', { name: new RegExp(`^Rate( again)?: ${skill}$`) }).click();
  await page.getByRole('radio', { name: /^5/ }).check();
  await page.getByLabel('What was seen that says so').fill('Three talks this week');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('status').filter({ hasText: `${skill} rated 5` }).waitFor();
  const cell = (await api(page, 'GET', '/talent/matrix')).body.people.find((one) => one.user === person.user).cells.find((one) => one.skill === matrix.skills.find((s) => s.name === skill).id);
  report.ok(cell.line === 5 && cell.low < cell.estimate && cell.estimate < cell.high, 'a rating is kept and shown as a range');

  const open = (await api(page, 'GET', '/mentor_programmes?state=eq.open&limit=1')).body.rows[0];
  await page.goto(`${site.url}/talent/pairs/${open.id}`);
  const make = page.getByRole('button', { name: /^Make these \d+ pairs$/ });
  await make.waitFor();
  await page.getByText('the best is proved').first().waitFor();
  report.ok(true, 'the draw tells its gap to the best, which is proved');
  const before = await page.locator('tbody tr').allTextContents();
  await make.click();
  await page.getByRole('status').filter({ hasText: /pairs made/ }).waitFor();
  const pairs = (await api(page, 'GET', `/talent/programmes/${open.id}`)).body.pairs;
  report.ok(pairs.length === before.length && pairs.every((one, i) => before[i].includes(one.mentor_name) && before[i].includes(one.mentee_name)), 'the pairs made are those that were shown');
  await page.getByText('Cannot know yet').first().waitFor();
  report.ok(true, 'and what they have done cannot be known yet');
  report.ok(page.mistakes.length === 0, 'the leader’s pages made no mistake of their own', page.mistakes.join('\n'));
  await page.context().close();
  return { person, skill };
}

async function readOneself({ site, browser, report }) {
  const page = await openPage(browser, { viewport: { width: 390, height: 844 } });
  await signIn(page, site, 'rep');
  const me = (await api(page, 'GET', '/session')).body.user;
  await page.goto(`${site.url}/talent`);
  await page.getByRole('heading', { level: 2, name: 'Skills' }).waitFor();
  const data = (await api(page, 'GET', `/talent/people/${me.id}`)).body;
  const line = data.skills.flatMap((one) => one.ratings.map((rating) => ({ ...rating, name: one.name }))).find((one) => one.source === 'line');
  report.ok(Boolean(line), 'the person has been rated by the line');
  await page.locator('li', { hasText: line.name }).getByRole('button', { name: /source/ }).first().click();
  await page.getByRole('button', { name: 'Comment', exact: true }).first().click();
  await page.getByRole('textbox', { name: 'Comment' }).fill('You saw one call only');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('You saw one call only').waitFor();
  report.ok(true, 'and answers it where it stands');
  await page.getByRole('button', { name: 'Say where you want to go' }).click();
  await page.getByRole('textbox', { name: 'Rung' }).click();
  await page.getByRole('option').last().click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
  await page.getByRole('region', { name: 'Certificates' }).getByRole('button', { name: 'Note one' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: 'Certificate', exact: true }).click();
  await page.getByRole('option').first().click();
  await form.getByLabel('Passed on').fill('2026-01-10');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('not seen by the line yet').first().waitFor();
  report.ok((await api(page, 'GET', `/talent/people/${me.id}`)).body.certificates.some((one) => one.earned_day === '2026-01-10' && one.standing === 'unseen'), 'a certificate is noted, and counts once the line has seen it');
  await shot(page, 'talent-own');
  report.ok((await api(page, 'GET', `/talent/people/${me.id}`)).body.gap.why === 'aim', 'the aim decides which gap is shown');
  report.ok((await api(page, 'GET', '/skill_ratings?limit=1000')).body.rows.every((one) => one.person === me.id), 'nobody else’s ratings are seen');
  report.ok(page.mistakes.length === 0, 'the own page made no mistake', page.mistakes.join('\n'));
  await page.context().close();
}

export default async function (all) {
  await lead(all);
  await readOneself(all);
}
