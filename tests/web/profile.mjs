// The profile of a manager: six aspects with what is behind them, contesting an act, showing it to somebody; and answering a
// 360 on a phone, which nobody else reads.
import { api, axe, eventually, fits, openPage, password, PHONE, shot, signIn } from './harness.mjs';

async function seen(page, report, what) {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    const found = await axe(page);
    report.ok(found.length === 0, `${what}, ${colorScheme}: axe finds nothing serious`, found.join('\n'));
    await shot(page, `${what.replaceAll(' ', '-')}-${colorScheme}`);
  }
}

async function own(page, site, report) {
  await page.goto(`${site.url}/profile`);
  const six = page.getByRole('region', { name: 'Six aspects' });
  await six.getByRole('button', { name: /^Focus/ }).waitFor();
  report.ok(await eventually(async () => (await six.getByRole('button', { name: /what .* others say/ }).count()) === 6), 'six aspects, each with what one did and what others say');
  await page.keyboard.press('t');
  await six.getByRole('table').waitFor();
  await page.keyboard.press('t');
  await six.getByRole('button', { name: /^Focus/ }).click();
  const behind = page.getByRole('region', { name: 'Focus: what is behind it' });
  await behind.getByRole('button', { name: /^Contest: 1:1 held/ }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Why it does not fit' }).fill('It was a lunch');
  await dialog.getByRole('button', { name: 'Contest' }).click();
  await behind.getByText('contested', { exact: true }).waitFor();
  const { body } = await api(page, 'GET', '/act_contests');
  report.ok(body.rows.length === 1 && body.rows[0].reason === 'It was a lunch', 'an act is contested, and marked');
  const boss = body.rows[0].names.second;
  const readers = page.getByRole('region', { name: 'Who can read this' });
  await readers.getByRole('textbox', { name: 'Show it to' }).fill(boss);
  await page.getByRole('option', { name: boss }).first().click();
  await readers.getByRole('button', { name: 'Show', exact: true }).click();
  await readers.getByRole('button', { name: `Take back from ${boss}` }).waitFor();
  report.ok((await api(page, 'GET', '/profile_shares')).body.rows.length === 1, 'it is shown to somebody by its person');
  await seen(page, report, 'profile full');
  await page.getByRole('button', { name: 'Ask others' }).click();
  await dialog.getByRole('button', { name: /^Ask (\d+ people|one person)/ }).waitFor();
  await seen(page, report, 'profile ask');
  await page.keyboard.press('Escape');
}

async function answer(page, site, report) {
  const { body } = await api(page, 'GET', '/feedback');
  const one = body.asked.find((asked) => !asked.is_self);
  report.ok(Boolean(one), 'a manager is asked about the head of the region');
  await page.goto(`${site.url}/feedback/${one.round}`);
  const groups = page.getByRole('group');
  await groups.first().waitFor();
  report.ok(await eventually(async () => (await groups.count()) === one.items.length && (await page.getByRole('button', { name: 'Send' }).isDisabled())), 'one place for each sentence, and nothing is sent before the end');
  for (let i = 0; i < one.items.length; i++) await groups.nth(i).getByRole('radio').nth(i % one.points).check({ force: true });
  report.ok(await fits(page), 'answering: nothing is wider than a phone');
  await seen(page, report, 'answer phone');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('answered', { exact: true }).waitFor();
  const mine = (await api(page, 'GET', `/feedback/${one.round}/answers`)).body.answers;
  report.ok(mine.length === one.items.length && mine[1] === 2, 'the answers are there, for the rater');
}

/** Somebody who leads a team and is led: the last of those who manage. */
function teamLead(site) {
  const { email } = site.people.filter((one) => /manager/.test(JSON.stringify(one.hats ?? one.roles ?? one.hat))).at(-1);
  site.run(['user', 'password', email], `${password}\n`);
  return email;
}

export default async function ({ site, browser, report }) {
  const who = teamLead(site);
  const page = await openPage(browser);
  await signIn(page, site, who);
  await own(page, site, report);
  report.ok(page.mistakes.length === 0, 'profile: no mistake of the pages\' own', page.mistakes.join('\n'));
  await page.context().close();
  const phone = await openPage(browser, { viewport: PHONE });
  await signIn(phone, site, who);
  await answer(phone, site, report);
  await phone.goto(`${site.url}/profile`);
  await phone.getByRole('button', { name: /^Focus/ }).waitFor();
  report.ok(await fits(phone), 'profile: nothing is wider than a phone');
  await seen(phone, report, 'profile phone');
  report.ok(phone.mistakes.length === 0, 'phone: no mistake of the pages\' own', phone.mistakes.join('\n'));
  await phone.context().close();
}
