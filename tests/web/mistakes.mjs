// What goes wrong in a day: two people on one field, a lost connection, an ended session, a button pressed twice,
// far too much text, names that run from right to left.
import { api, eventually, openPage, password, settled, shot, signIn } from './harness.mjs';

const openFact = (page, field) => page.click(`[data-fact=${field}] button`);

async function conflict(page, other, deal, report) {
  await page.goto(`${page.site}/opportunities/${deal.id}`);
  await openFact(page, 'next_step');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Mine');
  await api(other, 'PATCH', `/opportunities/${deal.id}`, { next_step: 'Theirs' });
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  const words = await page.getByRole('alertdialog').innerText();
  report.ok(/Theirs/.test(words) && /Mine/.test(words) && /saved/.test(words), 'a conflict shows both values and who saved', words);
  await shot(page, 'conflict');
  await page.getByRole('button', { name: 'Save Mine' }).click();
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  report.ok((await api(page, 'GET', `/opportunities/${deal.id}`)).body.next_step === 'Mine', 'and the choice is saved');

  await openFact(page, 'next_step');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Mine again');
  await api(other, 'PATCH', `/opportunities/${deal.id}`, { type: 'Renewal' });
  await page.keyboard.press('Enter');
  await page.locator('[data-fact=next_step]', { hasText: 'Mine again' }).waitFor();
  const both = (await api(page, 'GET', `/opportunities/${deal.id}`)).body;
  report.ok(both.next_step === 'Mine again' && both.type === 'Renewal', 'changes of different fields are both kept, without asking');
}

async function expired(page, deal, report) {
  await page.goto(`${page.site}/opportunities/${deal.id}`);
  await page.locator('[data-composer]').click();
  await page.keyboard.type('Written before the session ended');
  await page.context().clearCookies();
  await page.keyboard.press('Control+Enter');
  await page.getByText('Your session has ended').waitFor();
  await shot(page, 'expired');
  await page.locator('input[name=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Written before the session ended' }).waitFor();
  report.ok(true, 'an ended session is mended in place, and the save goes on');
}

async function offline(page, deal, report) {
  await page.goto(`${page.site}/opportunities/${deal.id}`);
  await page.locator('[data-composer]').click();
  await page.keyboard.type('Typed in the tunnel');
  await page.context().setOffline(true);
  await page.keyboard.press('Control+Enter');
  await page.getByText('No connection').waitFor();
  report.ok((await page.locator('[data-composer]').inputValue()) === 'Typed in the tunnel', 'without connection the text stays');
  await shot(page, 'offline');
  await page.context().setOffline(false);
  await page.getByText('No connection').waitFor({ state: 'detached' });
  await page.locator('[data-composer]').click();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('link', { name: 'Typed in the tunnel' }).waitFor();
  report.ok(true, 'and is saved when it is back');
}

async function twice(page, report) {
  await page.goto(`${page.site}/accounts/new`);
  await page.locator('input[name=name]').fill('Twice Pressed Ltd');
  const button = page.getByRole('button', { name: /^Create account/ });
  await button.evaluate((node) => {
    node.click();
    node.click();
  });
  await page.getByRole('heading', { level: 1, name: 'Twice Pressed Ltd' }).waitFor();
  await settled(page); // the second save, had there been one
  const { body } = await api(page, 'GET', '/accounts?name=eq.Twice%20Pressed%20Ltd');
  report.ok(body.rows.length === 1, 'a button pressed twice saves once');
}

async function drafts(page, report) {
  await page.goto(`${page.site}/accounts/new`);
  await page.locator('input[name=name]').fill('Not yet saved Inc');
  await page.reload();
  await page.getByText('This is what you had typed before').waitFor();
  report.ok(await eventually(async () => (await page.locator('input[name=name]').inputValue()) === 'Not yet saved Inc'), 'what was typed survives a reload');
  await page.locator('input[name=name]').fill('x'.repeat(100000));
  const kept = (await page.locator('input[name=name]').inputValue()).length;
  report.ok(kept <= 255, 'a huge paste is cut at what the field takes', kept);
  await page.locator('input[name=name]').fill('שלום תעשיות מים בע"מ <script>alert(1)</script>');
  await page.getByRole('button', { name: /^Create account/ }).click();
  await page.getByRole('heading', { level: 1, name: /שלום/ }).waitFor();
  await shot(page, 'right-to-left-name');
  report.ok(true, 'a name from right to left, with signs of HTML, is shown as text');
}

async function refused(page, report) {
  await page.goto(`${page.site}/accounts/new`);
  await page.getByRole('button', { name: /^Create account/ }).click();
  await page.getByText('Name is needed').waitFor();
  report.ok(await eventually(() => page.locator('input[name=name]').evaluate((node) => node === document.activeElement)), 'a missing field is named and gets the cursor');
  await page.goto(`${page.site}/opportunities/999999999`);
  await page.getByText('There is nothing here').waitFor();
  report.ok(true, 'a record that is not there says so');
}

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  page.site = site.url;
  await signIn(page, site, 'rep');
  const other = await openPage(browser);
  await signIn(other, site, 'rep');
  const { body } = await api(page, 'GET', '/opportunities?owner=eq.me&closed_day=is.null&limit=1');
  const deal = body.rows[0];
  await conflict(page, other, deal, report);
  await expired(page, deal, report);
  await offline(page, deal, report);
  await twice(page, report);
  await drafts(page, report);
  await refused(page, report);
  report.ok(page.mistakes.length === 0, 'the pages made no mistake of their own', page.mistakes.join('\n'));
  await page.context().close();
  await other.context().close();
}
