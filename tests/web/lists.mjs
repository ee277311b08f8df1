// A manager's list: a filter made by hand, a view kept and pinned, many changed at once and taken back, the
// palette, the sheet of keys, the page from right to left, and ten thousand rows that scroll.
import { api, DESK, fits, openPage, shot, signIn } from './harness.mjs';

const count = async (page, filter) => (await api(page, 'GET', `/opportunities?${filter}&limit=1&count=exact`)).body.count;

async function filters(page, site, report) {
  await page.goto(`${site.url}/opportunities`);
  await page.getByRole('grid').waitFor();
  await page.keyboard.press('f');
  await page.getByRole('textbox', { name: 'Field' }).fill('Amount');
  await page.getByRole('option', { name: 'Amount', exact: true }).click();
  await page.getByRole('textbox', { name: 'Value' }).fill('20000');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Amount is at least').waitFor();
  const big = await count(page, 'amount=gte.20000');
  await page.getByText(`${big.toLocaleString('en-GB')} record`).first().waitFor();
  report.ok(page.url().includes('amount=gte.20000'), 'a filter made by keyboard is in the address, and the count fits it', page.url());
  await page.goto(`${site.url}/opportunities?or=(amount.gte.20000,stage.in.(${(await api(page, 'GET', '/stages?kind=eq.lost')).body.rows[0].id}))&order=amount.desc`);
  await page.getByRole('grid').waitFor();
  await page.getByText('Stage Lost').waitFor();
  report.ok(true, 'an address with "or" is read back as chips with names');
  await shot(page, 'list-filter');
}

async function views(page, report) {
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByLabel('Name of the view').fill('Large or lost');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const pinned = page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Large or lost' });
  await pinned.waitFor();
  await page.getByRole('link', { name: 'Contacts' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor();
  await pinned.click();
  await page.getByText('Stage Lost').waitFor();
  report.ok(true, 'a view is saved, pinned to the side, and opens with its filters');
}

async function bulk(page, site, report) {
  await page.goto(`${site.url}/opportunities?closed_day=is.null&order=amount.desc`);
  const grid = page.getByRole('grid');
  await grid.focus();
  for (const key of ['x', 'ArrowDown', 'x', 'ArrowDown', 'x']) await page.keyboard.press(key);
  await page.getByText('3 selected').waitFor();
  await page.getByRole('button', { name: 'Change a field' }).click();
  await page.getByRole('textbox', { name: 'Field' }).fill('Next step');
  await page.getByRole('option', { name: 'Next step', exact: true }).click();
  await page.getByRole('textbox', { name: 'New value' }).fill('Asked in the Monday round');
  await page.getByRole('button', { name: 'See what would happen' }).click();
  await page.getByText('will change').waitFor();
  await shot(page, 'bulk-preview');
  await page.getByRole('button', { name: 'Change 3' }).click();
  await page.getByRole('status').filter({ hasText: '3 records changed' }).waitFor();
  report.ok((await count(page, 'next_step=eq.Asked%20in%20the%20Monday%20round')) === 3, 'three are changed at once, after a preview');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
  report.ok((await count(page, 'next_step=eq.Asked%20in%20the%20Monday%20round')) === 0, 'and taken back at once');
}

async function palette(page, report) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('accounts');
  await page.getByRole('option', { name: 'Accounts', exact: true }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await shot(page, 'shortcuts');
  await page.keyboard.press('Escape');
  report.ok(true, 'the palette goes to a page, and "?" lists its keys');
}

async function many(page, site, report) {
  const rows = Array.from({ length: 10000 }, (_, i) => ({ id: i + 1, rev: 1, name: `Deal ${i + 1}`, amount: i, names: {} }));
  await page.route('**/api/v1/opportunities?*', (route) => {
    const params = new URL(route.request().url()).searchParams;
    const at = Number(params.get('cursor') ?? 0);
    const limit = Number(params.get('limit') ?? 50);
    void route.fulfill({ json: { rows: rows.slice(at, at + limit), next: at + limit < rows.length ? String(at + limit) : null, count: rows.length, count_is_exact: true } });
  });
  await page.goto(`${site.url}/opportunities`);
  await page.getByRole('grid').waitFor();
  const seen = await page.evaluate(async () => {
    const grid = document.querySelector('[role=grid]');
    let frames = 0;
    let slow = 0;
    let last = performance.now();
    while (!grid.textContent.includes('Deal 10000') && frames < 3000) {
      grid.scrollTop += 1500;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      if (now - last > 100) slow++;
      last = now;
      frames++;
    }
    return { frames, slow, nodes: grid.querySelectorAll('[role=row]').length, isThere: grid.textContent.includes('Deal 10000') };
  });
  report.ok(seen.isThere && seen.nodes < 120, `ten thousand rows scroll to the end with ${seen.nodes} in the page`, JSON.stringify(seen));
  console.log(`# scrolling 10,000 rows: ${seen.frames} frames, ${seen.slow} of them longer than 100 ms`);
  await page.unroute('**/api/v1/opportunities?*');
}

async function rightToLeft(browser, site, report) {
  const page = await openPage(browser, { viewport: DESK });
  await page.addInitScript(() => localStorage.setItem('coxswain.language', '"qps-rtl"'));
  await signIn(page, site, 'manager');
  await page.goto(`${site.url}/opportunities`);
  await page.getByRole('grid').waitFor();
  const box = await page.getByRole('navigation', { name: 'Main' }).first().boundingBox();
  report.ok(box.x > 1000 && (await fits(page)), 'from right to left the navigation stands at the right, and nothing is too wide', JSON.stringify(box));
  await shot(page, 'right-to-left');
  await page.context().close();
}

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'manager');
  await filters(page, site, report);
  await views(page, report);
  await bulk(page, site, report);
  await palette(page, report);
  await many(page, site, report);
  await rightToLeft(browser, site, report);
  report.ok(page.mistakes.length === 0, 'the pages made no mistake of their own', page.mistakes.join('\n'));
  await page.context().close();
}
