// What the scenarios stand on: a made-up company served by the real program on a free port, Chromium, a page
// that fails the test on any error of its own, screenshots kept under build/web/shots.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(join(root, 'web/'));
const program = join(process.env.COX_BUILD ?? join(root, 'build/test'), 'src/command/coxswain');
const shots = join(root, 'build/web/shots');
const PASSWORD = 'a long enough passphrase';
const axeSource = () => readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

/** COX_WEB_AT=2026-12-31T23:30:00Z: everybody believes it is then (needs libfaketime, and a program without sanitizers). */
const at = process.env.COX_WEB_AT;
const shiftMs = at ? Date.parse(at) - Date.now() : 0;
const believing = at
  ? { LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1', FAKETIME: `${shiftMs < 0 ? '-' : '+'}${Math.abs(Math.round(shiftMs / 1000))}`, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' }
  : {};
export const now = () => Date.now() + shiftMs;

function shiftClock(ms) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...parts) {
      if (parts.length) super(...parts);
      else super(Real.now() + ms);
    }
    static now() {
      return Real.now() + ms;
    }
  };
}

/** Prints an ok or a not ok for each check, as TAP. */
export class Report {
  count = 0;
  failed = 0;
  ok(isTrue, what, detail) {
    this.count++;
    if (!isTrue) this.failed++;
    console.log(`${isTrue ? 'ok' : 'not ok'} ${this.count} - ${what}`);
    if (!isTrue && detail !== undefined) console.log(String(detail).split('\n').map((line) => `# ${line}`).join('\n'));
  }
}

/** A company in a database of its own; people by role, all with one password. */
export async function startSite(size = 'small') {
  const folder = mkdtempSync(join(tmpdir(), 'cox-web-'));
  const db = join(folder, 'site.db');
  const run = (args, input) => execFileSync(program, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...believing, COX_DB: db } });
  run(['demo', '--db', db, '--size', size]);
  run(['user', 'add', 'ada.berg@example.com', '--name', 'Ada Berg', '--hat', 'admin', '--db', db]);
  const people = JSON.parse(run(['user', 'list', '--json']));
  const list = Array.isArray(people) ? people : (people.rows ?? people.users);
  const site = { folder, db, run, people: list, email: {}, url: '', stop: () => undefined };
  for (const role of ['rep', 'manager', 'leader', 'admin']) site.email[role] = pick(list, role);
  for (const email of new Set(Object.values(site.email).filter(Boolean))) run(['user', 'password', email], `${PASSWORD}\n`);
  await serve(site);
  return site;
}

const hatsOf = (person) => [person.hats ?? person.roles ?? person.hat ?? []].flat().join(' ');

/** A manager is one who leads too; a rep only sells. */
function pick(people, role) {
  const has = (person) => hatsOf(person).includes(role) || (role === 'rep' && hatsOf(person) === '');
  return people.find((person) => has(person) && (role !== 'rep' || !/manager|leader|admin/.test(hatsOf(person))))?.email;
}

function serve(site) {
  const child = spawn(program, ['serve', '--db', site.db, '--listen', '127.0.0.1:0', '--quiet'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...believing } });
  let said = '';
  site.stop = () => {
    child.kill('SIGTERM');
    rmSync(site.folder, { recursive: true, force: true });
  };
  return new Promise((done, fail) => {
    const hear = (text) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (!found) return;
      site.url = found[0];
      done();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code) => fail(new Error(`the server ended with ${code}: ${said}`)));
  });
}

export async function startBrowser() {
  const { chromium: browser } = require('playwright-core');
  return browser.launch({
    executablePath: chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** What passes does not wait; what is slow on a busy machine is not yet wrong. */
const PATIENCE_MS = 45000;

/** COX_WEB_SLOW=N: a processor N times slower, and answers that come late and in another order, to find what only holds on a fast machine. */
const slow = Number(process.env.COX_WEB_SLOW ?? 0);

async function slowDown(page) {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Emulation.setCPUThrottlingRate', { rate: slow });
  await page.route(/\/api\/v1\/(?!events)/, async (route) => {
    await new Promise((done) => setTimeout(done, Math.random() * 60 * slow));
    await route.continue().catch(() => undefined); // the page may be gone
  });
}

/** Asks until the answer is true, and gives it; the last answer when it never is. */
export async function eventually(ask) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer || Date.now() > end) return answer;
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Nothing is on its way to the page, and nothing in it moves or waits. */
export async function settled(page) {
  let calm = 0;
  await eventually(async () => {
    const isStill = await page.evaluate(
      () =>
        new Promise((done) => {
          const look = () => done(!document.querySelector('[aria-busy=true]') && document.fonts.status === 'loaded' && document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getComputedTiming().endTime === Infinity));
          requestAnimationFrame(() => requestAnimationFrame(look));
        }),
    );
    calm = isStill && page.asked.size === 0 ? calm + 1 : 0;
    return calm > 1;
  });
}

/** To another page as a link goes there: the app stays. */
export async function goTo(page, path) {
  await page.evaluate((to) => history.pushState(null, '', to), path);
  await settled(page);
}

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

/** A page in a context of its own, whose own mistakes are gathered in page.mistakes. */
export async function openPage(browser, { viewport = DESK, scheme = 'light', locale = 'en-GB' } = {}) {
  const context = await browser.newContext({ viewport, colorScheme: scheme, locale, timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', hasTouch: viewport.width < 600, acceptDownloads: true });
  if (at) await context.addInitScript(shiftClock, shiftMs);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.mistakes = [];
  page.asked = new Set();
  if (slow) await slowDown(page);
  page.on('request', (request) => /\/api\/v1\/events/.test(request.url()) || page.asked.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => page.asked.delete(request));
  page.on('pageerror', (error) => page.mistakes.push(String(error.stack ?? error)));
  // Refused requests are the scenario's business; anything else said there is a mistake.
  page.on('console', (message) => message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text()) && page.mistakes.push(message.text()));
  return page;
}

export async function signIn(page, site, role) {
  await page.goto(`${site.url}/`);
  await page.fill('input[name=email]', site.email[role] ?? role);
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('#page');
}
export const password = PASSWORD;

export async function shot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** Serious findings of axe, as lines; empty is good. */
export async function axe(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource());
  return page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return result.violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => `${v.id} (${v.nodes.length}): ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.failureSummary?.split('\n')[1] ?? ''}`).join(' | ')}`);
  });
}

/** Nothing is wider than the screen. */
export const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

/** The API with the page's own session. */
export function api(page, method, path, body) {
  return page.evaluate(
    async ([m, p, b]) => {
      const reply = await fetch(`/api/v1${p}`, { method: m, headers: b ? { 'Content-Type': 'application/json' } : {}, body: b ? JSON.stringify(b) : undefined });
      return { status: reply.status, body: await reply.json().catch(() => null) };
    },
    [method, path, body],
  );
}
