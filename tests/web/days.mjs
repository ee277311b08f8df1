// The days of a manager, a leader and an administrator in what is theirs: board, 1:1s and promises, import and settings.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, axe, eventually, openPage, password, shot, signIn } from './harness.mjs';

/** Pages that only their own people see; the rest is in look.mjs. */
async function seen(page, report, what) {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    const found = await axe(page);
    report.ok(found.length === 0, `${what}, ${colorScheme}: axe finds nothing serious`, found.join('\n'));
  }
}

async function manager({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'manager');
  await page.getByRole('region', { name: 'Attainment against pace' }).waitFor();
  report.ok(true, 'a manager begins with attainment against pace');
  await page.goto(`${site.url}/pipeline`);
  const card = page.locator('[data-card]').first();
  await card.waitFor();
  const [id, stage] = [await card.getAttribute('data-card'), Number(await card.getAttribute('data-stage'))];
  const board = (await api(page, 'GET', '/board')).body;
  const columns = await page.locator('[data-card]').evaluateAll((cards) => [...new Set(cards.map((one) => Number(one.dataset.stage)))]);
  report.ok(columns.every((one) => board.columns.some((column) => column.stage === one && column.kind === 'open')), 'the board has the open stages as columns');
  await card.focus();
  await page.keyboard.press(' ');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('status').filter({ hasText: 'moved' }).or(page.getByRole('dialog')).first().waitFor();
  report.ok(true, 'a card is picked up and moved by keyboard, or the stage asks for what it wants');
  if (await page.getByRole('dialog').count()) await page.keyboard.press('Escape');
  else {
    report.ok((await api(page, 'GET', `/opportunities/${id}`)).body.stage !== stage, 'the deal is in the next stage');
    await page.keyboard.press('u');
    await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
    report.ok((await api(page, 'GET', `/opportunities/${id}`)).body.stage === stage, 'and taken back with U');
  }
  report.ok(page.mistakes.length === 0, 'manager: no mistake of the pages\' own', page.mistakes.join('\n'));
  await page.context().close();
}

async function talking(page, site, report) {
  await page.goto(`${site.url}/coaching`);
  await page.getByRole('region', { name: 'Coaching' }).getByRole('row').nth(1).waitFor();
  await page.locator('header').getByRole('button', { name: 'Plan a 1:1' }).click();
  const me = (await api(page, 'GET', '/session')).body;
  const row = (await api(page, 'GET', '/home?hat=leader')).body.sections.one_on_ones.rows[0];
  const asked = page.getByRole('dialog');
  await asked.getByRole('textbox', { name: 'With whom' }).fill(row.person);
  await page.getByRole('option', { name: row.person }).first().click();
  await asked.getByLabel('Day').fill(me.today);
  await asked.getByRole('button', { name: 'Plan a 1:1' }).click();
  await page.waitForURL(/coaching\/\d+/);
  const id = page.url().match(/\d+$/)[0];
  const talk = () => api(page, 'GET', `/one_on_ones/${id}`).then((reply) => reply.body);
  await page.getByLabel('Add a point').fill('The slow part of the quarter');
  await page.keyboard.press('Enter');
  await page.getByLabel('Talked about: The slow part of the quarter').waitFor();
  await page.getByLabel('Talked about: The slow part of the quarter').click();
  await page.getByRole('status').filter({ hasText: 'Talked about' }).waitFor();
  await page.getByRole('textbox', { name: 'Agreed rhythm' }).click();
  await page.getByRole('option', { name: 'every 14 days' }).click();
  await page.getByRole('status').filter({ hasText: 'every 14 days' }).waitFor();
  await page.getByRole('textbox', { name: 'Shared notes' }).fill('Legal review takes a month.');
  await page.reload();
  const shared = page.getByRole('textbox', { name: 'Shared notes' });
  await shared.waitFor();
  report.ok(await eventually(async () => (await shared.inputValue()) === 'Legal review takes a month.'), 'a note that is being written survives a reload');
  await api(page, 'PATCH', `/one_on_ones/${id}`, { shared_note: 'Written by the other one.' });
  await shared.focus();
  await shared.press('Control+Enter');
  await page.getByRole('button', { name: 'Keep both' }).click();
  await page.getByRole('textbox', { name: 'Private notes' }).fill('Ask before advising.');
  await page.getByLabel('What is promised').fill('Send the terms with the proposal');
  await page.getByLabel('What is promised').press('Enter');
  await page.getByText('Send the terms with the proposal').first().waitFor();
  await page.locator('header').getByRole('button', { name: 'Held', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'was held' }).waitFor();
  await eventually(async () => /Legal review/.test((await talk()).shared_note)); // written in the background
  const held = await talk();
  report.ok(held.state === 'held', 'a 1:1 is planned and held', JSON.stringify(held));
  const points = (await api(page, 'GET', `/agenda_items?one_on_one=eq.${id}`)).body.rows;
  report.ok(points.length === 1 && points[0].state === 'talked' && points[0].author === me.user.id, 'its point is a record of the two, talked about', JSON.stringify(points));
  const agreed = (await api(page, 'GET', `/cadences?person=eq.${held.person}`)).body.rows;
  report.ok(agreed.length === 1 && agreed[0].every_days === 14, 'and their rhythm is agreed', JSON.stringify(agreed));
  report.ok(/Written by the other one\.\s+Legal review/.test(held.shared_note), 'of two notes written at once both are kept', held.shared_note);
  const notes = () => api(page, 'GET', `/private_notes?one_on_one=eq.${id}`).then((reply) => reply.body.rows);
  await eventually(async () => (await notes()).length);
  const own = await notes();
  report.ok(own.length === 1 && own[0].text === 'Ask before advising.' && own[0].author === me.user.id, 'the private note is its author\'s own');
  const promises = (await api(page, 'GET', `/action_items?one_on_one=eq.${id}`)).body.rows;
  report.ok(promises.length === 1 && promises[0].state === 'open', 'what is promised stays open until it is done');
  await shot(page, 'leader-talk');
}

async function leader({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'leader');
  const crew = page.getByRole('button', { name: 'Crew', exact: true });
  if (await crew.count()) await crew.click();
  await page.getByRole('region', { name: /Who needs time/ }).waitFor();
  const me = (await api(page, 'GET', '/session')).body;
  const other = (await api(page, 'GET', '/home?hat=leader')).body.sections.one_on_ones.rows[0].user;
  const made = await api(page, 'POST', '/action_items', { author: me.user.id, other, owner: me.user.id, text: 'Bring the price list', due_day: me.today });
  report.ok(made.status === 201, 'a promise is made', JSON.stringify(made.body));
  await page.reload();
  const promises = page.getByRole('region', { name: 'Promises due' }).getByRole('checkbox');
  await promises.first().waitFor();
  const mine = promises.and(page.getByLabel(/Bring the price list/));
  await mine.click();
  await mine.waitFor({ state: 'detached' });
  report.ok(await eventually(async () => (await api(page, 'GET', `/action_items/${made.body.id}`)).body.state === 'done'), 'a promise that is kept is ticked off on the home page');
  await shot(page, 'leader-home');
  await talking(page, site, report);
  report.ok(page.mistakes.length === 0, 'leader: no mistake of the pages\' own', page.mistakes.join('\n'));
  await page.context().close();
}

async function importing(page, site, report) {
  const path = join(site.folder, 'pumps.csv');
  writeFileSync(path, 'Deal Name,Amount,Close Date,Stage,Owner\nPumps for Oslo,1200,2026-12-03,Proposal,ada.berg@example.com\nValves for Oslo,abc,2026-12-04,Proposal,ada.berg@example.com\n');
  const named = () => api(page, 'GET', '/opportunities?name=eq.Pumps%20for%20Oslo').then((reply) => reply.body.rows.length);
  await page.goto(`${site.url}/import`);
  await page.setInputFiles('input[type=file]', path);
  await page.getByRole('region', { name: 'pumps.csv', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Try it, save nothing' }).click();
  await page.getByText('Done; nothing was saved').waitFor();
  report.ok((await named()) === 0, 'a trial saves nothing');
  await page.getByText('1 rejected row of pumps.csv').click();
  await page.getByRole('row').filter({ hasText: '"abc"' }).filter({ hasText: 'Amount' }).waitFor();
  report.ok(true, 'a rejected row is named with line, field and reason');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'made-up demo company' }).waitFor();
  report.ok((await named()) === 0, 'real records are not mixed with the demo company unasked');
  await page.getByRole('button', { name: 'Import here all the same' }).click();
  await page.getByRole('button', { name: 'Take it back' }).waitFor();
  report.ok((await named()) === 1, 'the good row is imported');
  await shot(page, 'admin-import');
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
  report.ok((await named()) === 0, 'and the import is taken back');
}

async function shaping(page, report) {
  const stages = () => api(page, 'GET', '/stages?order=position').then((reply) => reply.body.rows);
  const before = await stages();
  await page.getByRole('button', { name: `Move ${before[0].label}` }).press('ArrowDown');
  await page.getByRole('status').filter({ hasText: 'new order' }).waitFor();
  report.ok((await stages())[1].id === before[0].id, 'a stage changes its place by keyboard');
  await page.keyboard.press('u');
  await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
  report.ok((await stages())[0].id === before[0].id, 'and the order is taken back as one act');
  await page.getByRole('button', { name: new RegExp(`^${before[1].label}`) }).click();
  const form = page.getByRole('form', { name: before[1].label });
  await form.getByLabel('Chance, percent').fill('22.5');
  await form.getByRole('textbox', { name: /Asks for/ }).click();
  await page.getByRole('option', { name: 'Next step', exact: true }).click();
  await page.keyboard.press('Escape');
  await form.getByRole('textbox', { name: /may go to/ }).click();
  await page.getByRole('option', { name: before[2].label }).click();
  await page.keyboard.press('Escape');
  await seen(page, report, 'stages');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').filter({ hasText: 'is changed' }).waitFor();
  const after = (await stages()).find((one) => one.id === before[1].id);
  const moves = (await api(page, 'GET', `/stage_moves?from_stage=eq.${after.id}`)).body.rows;
  report.ok(after.win_prob === 0.225 && after.required_fields === 'next_step' && moves.length === 1 && moves[0].to_stage === before[2].id, 'chance, required fields and allowed moves of a stage are set', JSON.stringify([after, moves]));
  await page.keyboard.press('u');
  await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
  await shot(page, 'admin-stages');
}

async function moving(page, site, report) {
  await page.goto(`${site.url}/people`);
  const lines = page.getByRole('treeitem');
  await lines.first().waitFor();
  const told = (await api(page, 'GET', '/people')).body;
  const rep = told.people.find((one) => one.is_active && one.manager && one.hats.every((hat) => hat.role === 'rep'));
  const boss = told.people.find((one) => one.is_active && one.id !== rep.manager && one.hats.some((hat) => hat.role === 'manager'));
  await lines.filter({ hasText: rep.name }).first().click();
  const panel = page.getByRole('region', { name: rep.name });
  await panel.getByRole('button', { name: 'Change' }).first().click();
  const asked = page.getByRole('dialog');
  await asked.getByRole('textbox', { name: 'Manager' }).fill(boss.name);
  await page.getByRole('option', { name: boss.name }).first().click();
  await asked.getByLabel('From').fill('2031-04-01');
  await asked.getByRole('button', { name: 'Save' }).click();
  await lines.filter({ hasText: `reports to ${boss.name}` }).first().waitFor();
  const then = (day) => api(page, 'GET', `/people?day=${day}`).then((reply) => reply.body.people.find((one) => one.id === rep.id).manager);
  report.ok((await then('2031-03-31')) === rep.manager && (await then('2031-04-01')) === boss.id, 'somebody reports to another manager from a day to come');
  await page.keyboard.press('u');
  await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
  report.ok((await then('2031-04-01')) === rep.manager, 'and both halves of that are taken back with U');
  await lines.first().focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await page.locator('[role=treeitem]:focus[aria-expanded=false]').waitFor();
  report.ok(true, 'arrows walk the tree and fold it');
  await page.keyboard.press('n');
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Nina Hartl');
  await form.getByLabel('Email').fill('nina.hartl@example.com');
  await form.getByRole('textbox', { name: 'Team' }).fill(told.teams.at(-1).name);
  await page.getByRole('option', { name: told.teams.at(-1).name }).first().click();
  await seen(page, report, 'a new starter');
  await form.getByRole('button', { name: 'Add Nina Hartl' }).click();
  await page.getByRole('dialog').locator('code').filter({ hasText: '/reset' }).waitFor();
  const nina = (await api(page, 'GET', '/people')).body.people.find((one) => one.email === 'nina.hartl@example.com');
  report.ok(nina.team === told.teams.at(-1).id && nina.manager === told.teams.at(-1).lead && nina.hats[0].role === 'rep', 'somebody new has a team, its lead as manager, a hat, and a link to set a password', JSON.stringify(nina));
  await page.getByRole('button', { name: 'Done' }).click();
  await shot(page, 'admin-people');
}

/** Many texts of a file that name nothing are decided at once. */
async function deciding(page, site, report) {
  const path = join(site.folder, 'valves.csv');
  writeFileSync(path, 'Deal Name,Amount,Close Date,Stage,Owner,Product\nValves A,1,2026-12-03,Proposal,ada.berg@example.com,Valv X\nValves B,2,2026-12-03,Proposal,ada.berg@example.com,Valve-Y\n');
  const product = (await api(page, 'GET', '/products?limit=1')).body.rows[0];
  await page.goto(`${site.url}/import`);
  await page.setInputFiles('input[type=file]', path);
  await page.getByRole('region', { name: 'valves.csv', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Try it, save nothing' }).click();
  const unknowns = page.getByRole('region', { name: 'Texts that name nothing here' });
  await unknowns.getByLabel('Choose all').click();
  await unknowns.getByLabel('All 2 mean').fill(product.name);
  await page.keyboard.press('Escape');
  await seen(page, report, 'texts to decide');
  await unknowns.getByRole('button', { name: 'Decide 2 and try again' }).click();
  await unknowns.waitFor({ state: 'detached' });
  await page.getByText('Done; nothing was saved').waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('button', { name: 'Import here all the same' }).click(); // the demo company is asked about
  await page.getByRole('button', { name: 'Take it back' }).waitFor();
  const rows = (await api(page, 'GET', '/opportunities?name=in.(Valves%20A,Valves%20B)')).body.rows;
  report.ok(rows.length === 2 && rows.every((row) => row.product === product.id), 'texts that name nothing are decided together, and imported as decided', JSON.stringify(rows.map((row) => row.product)));
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
}

async function merging(page, site, report) {
  const make = (values) => api(page, 'POST', '/accounts', values).then((reply) => reply.body);
  const [one, two] = [await make({ name: 'Nordwind Pumpen GmbH', city: 'Kiel' }), await make({ name: 'Nordwind Pumpen Gmbh', city: 'Lübeck', phone: '+49 451 1' })];
  const contact = (await api(page, 'POST', '/contacts', { name: 'Eva Lund', last_name: 'Lund', account: two.id })).body;
  await page.goto(`${site.url}/accounts/${one.id}`);
  await page.locator('[data-fact]').first().waitFor();
  await page.locator('header').getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Merge with another' }).click();
  await page.getByRole('heading', { name: 'Merge two records' }).waitFor();
  await page.goto(`${site.url}/accounts/${one.id}/merge?with=${two.id}`);
  await page.getByRole('row', { name: /City/ }).getByRole('radio').nth(1).check();
  await seen(page, report, 'a merge');
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.waitForURL(new RegExp(`accounts/${one.id}$`));
  const read = async () => [(await api(page, 'GET', `/accounts/${one.id}`)).body, (await api(page, 'GET', `/contacts/${contact.id}`)).body];
  const [merged, moved] = await read();
  report.ok(merged.city === 'Lübeck' && merged.phone === '+49 451 1' && moved.account === one.id, 'two accounts become one, field by field, with what belongs to them', JSON.stringify([merged.city, merged.phone, moved.account]));
  await page.keyboard.press('u');
  await page.getByRole('status').filter({ hasText: 'Taken back' }).waitFor();
  const [back, again] = await read();
  report.ok(back.city === 'Kiel' && back.phone === null && again.account === two.id, 'and two again with U');
}

/** This machine is no receiver: what is refused, and why, stands at the webhook. */
async function telling(page, report) {
  const form = page.getByRole('form', { name: 'Make a webhook' });
  await form.getByLabel('What it is for').fill('To the warehouse');
  await form.getByLabel('Address').fill('http://127.0.0.1/hook');
  await form.getByRole('button', { name: 'Make a webhook' }).click();
  await form.getByText('starts with https://').waitFor();
  report.ok(true, 'an address without https:// is refused at the field');
  await form.getByLabel('Address').fill('https://127.0.0.1:9/hook');
  await form.getByLabel('removed').uncheck();
  await form.getByRole('button', { name: 'Make a webhook' }).click();
  const secret = await page.getByText(/^whsec_/).innerText();
  const [hook] = (await api(page, 'GET', '/webhooks')).body.rows;
  report.ok(secret.length > 40 && hook.events === 'created,changed' && hook.entities === null, 'a webhook is made, its secret shown once');
  await page.getByRole('button', { name: 'Deliveries of To the warehouse' }).click();
  await page.getByRole('button', { name: 'Send a trial' }).click();
  await page.getByRole('note').filter({ hasText: 'COX_WEBHOOK_HOSTS=127.0.0.1' }).waitFor();
  report.ok(true, 'a delivery to a private address is refused, and the page says why');
  await seen(page, report, 'webhooks');
  await shot(page, 'admin-webhooks');
  await page.getByRole('switch', { name: 'Sends: To the warehouse' }).click({ force: true });
  await page.getByRole('status').filter({ hasText: 'is off' }).waitFor();
  report.ok((await api(page, 'GET', `/webhooks/${hook.id}`)).body.is_active === false, 'it is switched off');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByRole('form', { name: 'Change the webhook' }).getByLabel('What it is for').fill('To the lake');
  await page.getByRole('button', { name: 'Change the webhook' }).click();
  await page.getByRole('button', { name: 'Deliveries of To the lake' }).waitFor();
  const changed = (await api(page, 'GET', `/webhooks/${hook.id}`)).body;
  report.ok(changed.name === 'To the lake' && changed.url === hook.url && changed.events === hook.events, 'it is changed, and keeps the rest', JSON.stringify(changed));
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('button', { name: 'Remove it for good' }).click();
  await page.getByText('Nothing is told to anybody yet').waitFor();
  report.ok((await api(page, 'GET', '/webhooks')).body.rows.length === 0, 'and removed');
}

async function administrator({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'admin');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  report.ok(true, 'an administrator begins with the settings');
  await page.getByLabel('Name', { exact: true }).fill('Nordwind');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
  report.ok((await api(page, 'GET', '/settings')).body.name === 'Nordwind', 'the company has its name');
  const section = (name) => page.getByRole('navigation', { name: 'Section' }).getByRole('link', { name, exact: true }).click();
  await section('Backups and log');
  await page.getByRole('button', { name: 'Verify now' }).click();
  await page.getByText('nothing was changed').waitFor();
  report.ok(true, 'the log proves itself');
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByRole('region', { name: 'Backups' }).getByText(/MB$/).first().waitFor();
  report.ok((await api(page, 'GET', '/backups')).body.rows.length === 1, 'a backup is made');
  await section('API tokens');
  await page.getByLabel('What it is for').fill('nightly export');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.getByRole('region', { name: 'API tokens' }).locator('code').innerText();
  const asked = () => fetch(`${site.url}/api/v1/session`, { headers: { Authorization: `Bearer ${token}` } }).then((reply) => reply.status);
  report.ok((await asked()) === 200, 'a token is made, and works');
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('status').filter({ hasText: 'no longer works' }).waitFor();
  report.ok((await asked()) === 401, 'a revoked token does not');
  await section('Your sign-in');
  await page.getByRole('button', { name: 'Set it up' }).click();
  const picture = await page.getByRole('img', { name: /second factor/ }).locator('path').getAttribute('d');
  report.ok(picture.length > 1000, 'the key of the second factor can be scanned');
  await page.getByRole('region', { name: 'Password' }).getByLabel('Current password', { exact: true }).fill('not the password');
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('region', { name: 'Password' }).locator('.mantine-InputWrapper-error').waitFor();
  report.ok(true, 'a wrong current password is refused at the field');
  await section('Webhooks');
  await telling(page, report);
  await section('Pipelines and stages');
  await shaping(page, report);
  await section('Fields of your own');
  await page.getByLabel('Name of the field').fill('Region of the plant');
  await page.getByRole('button', { name: 'Add the field' }).click();
  const own = page.getByRole('listitem').filter({ hasText: 'Region of the plant' });
  await own.waitFor();
  const fieldNames = () => api(page, 'GET', '/meta').then((reply) => reply.body.entities.find((one) => one.name === 'opportunity').fields.map((field) => field.label));
  report.ok((await fieldNames()).includes('Region of the plant'), 'a field of one\'s own is in the metadata at once');
  await seen(page, report, 'fields of one\'s own');
  await own.getByRole('button', { name: 'Retire' }).click();
  await own.getByRole('button', { name: 'Retire' }).click();
  await own.waitFor({ state: 'detached' });
  report.ok(!(await fieldNames()).includes('Region of the plant'), 'and retired');
  await importing(page, site, report);
  await deciding(page, site, report);
  await moving(page, site, report);
  await merging(page, site, report);
  report.ok(page.mistakes.length === 0, 'administrator: no mistake of the pages\' own', page.mistakes.join('\n'));
  await page.context().close();
}

async function rep({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'rep');
  await page.goto(`${site.url}/import`);
  await page.getByText('There is nothing here').waitFor();
  await page.goto(`${site.url}/settings`);
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  report.ok(!(await page.getByRole('region', { name: 'Company' }).count()), 'a rep has neither the import nor the company\'s settings');
  await page.context().close();
}

export default async function (stage) {
  for (const day of [manager, leader, administrator, rep]) await day(stage);
}
