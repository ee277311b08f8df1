// Coming in: a wrong password, a reset link, a second factor, and out again; one hat or two; files with a record.
import { createHmac } from 'node:crypto';
import { api, eventually, now, openPage, password, shot, signIn } from './harness.mjs';

const NEW_PASSWORD = 'another long passphrase';

/** The six digits (RFC 6238, SHA-1, 30 s) for a secret in base 32, of now or of some half minutes later. */
function digits(secret, later = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=+$/, '')].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now() / 30000) + later));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

async function come(page, site, email, word) {
  await page.goto(`${site.url}/`);
  await page.fill('input[name=email]', email);
  await page.fill('input[name=password]', word);
  await page.click('button[type=submit]');
}

async function leave(page) {
  await page.getByRole('banner').getByRole('button').last().click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForSelector('input[name=email]');
}

async function reset(page, site, report) {
  const email = site.email.admin;
  const said = site.run(['user', 'password', email, '--link', '--url', site.url, '--db', site.db]);
  await page.goto(/http:\S+/.exec(said)[0]);
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await page.getByText('At least ten characters.').last().waitFor();
  await page.getByLabel('New password').fill(NEW_PASSWORD);
  await page.getByLabel('Once more').fill(NEW_PASSWORD);
  await shot(page, 'reset');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await page.waitForSelector('input[name=email]');
  await come(page, site, email, NEW_PASSWORD);
  await page.waitForSelector('#page');
  report.ok(!/reset/.test(page.url()), 'a reset link sets a new password, which signs in', page.url());
}

async function factor(page, site, report) {
  const { body } = await api(page, 'POST', '/totp', {});
  const confirmed = await api(page, 'POST', '/totp/confirm', { code: digits(body.secret) });
  report.ok(confirmed.status < 300, 'a second factor is set up', JSON.stringify(confirmed));
  await leave(page);
  await come(page, site, site.email.admin, NEW_PASSWORD);
  await page.getByLabel('Six digits from your authenticator').waitFor();
  await page.locator('input[name=code]').fill('000000');
  await page.click('button[type=submit]');
  await page.getByText('That code is not right').waitFor();
  await shot(page, 'second-factor');
  // A code counts once: the one of the set-up is spent. A clock may be half a minute ahead.
  await page.locator('input[name=code]').fill(digits(body.secret, 1));
  await page.click('button[type=submit]');
  await page.waitForSelector('#page');
  report.ok(true, 'and is asked for after the password');
}

async function files(page, site, report) {
  await signIn(page, site, 'rep');
  const deal = (await api(page, 'GET', '/opportunities?owner=eq.me&limit=1')).body.rows[0];
  await page.goto(`${site.url}/opportunities/${deal.id}?_tab=files`);
  await page.locator('input[type=file]').setInputFiles({ name: 'Sizing sheet.txt', mimeType: 'text/plain', buffer: Buffer.from('two pumps') });
  const link = page.getByRole('link', { name: 'Sizing sheet.txt' });
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const stream = await download.createReadStream();
  let text = '';
  for await (const part of stream) text += part;
  report.ok(text === 'two pumps', 'a file is added to a deal and comes back as it was', text);
  await page.getByRole('button', { name: 'Remove Sizing sheet.txt' }).click();
  await link.waitFor({ state: 'detached' });
  report.ok(true, 'and is removed');
}

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await come(page, site, site.email.rep, 'not the password');
  await page.getByText('E-mail and password do not belong together.').waitFor();
  report.ok(true, 'a wrong password is said, and no more');
  await come(page, site, site.email.manager, password);
  await page.waitForSelector('#page');
  await page.getByRole('button', { name: 'Crew' }).click();
  report.ok(await eventually(async () => (await page.evaluate(() => document.documentElement.dataset.hat)) === 'crew'), 'who has both hats switches between them');
  await page.getByRole('button', { name: 'Course' }).click();
  await leave(page);
  await reset(page, site, report);
  await factor(page, site, report);
  await leave(page);
  await files(page, site, report);
  report.ok((await page.getByRole('button', { name: 'Crew' }).count()) === 0, 'who has one hat sees no switch');
  report.ok(page.mistakes.length === 0, 'the pages made no mistake of their own', page.mistakes.join('\n'));
  await page.context().close();
}
