// tests/web/run.mjs [NAME...]: the scenarios in Chromium against the real server. Prints TAP.
import { chromium, Report, startBrowser, startSite } from './harness.mjs';

const names = ['types', 'look', 'rep', 'lists', 'mistakes', 'days', 'profile', 'performance', 'analysis', 'sign_in', 'crew', 'talent', 'standings'];
const wanted = process.argv.slice(2);

if (!chromium) {
  console.log('1..0 # SKIP Chromium is not installed');
  process.exit(77);
}
const report = new Report();
let site;
let browser;
try {
  site = await startSite();
  browser = await startBrowser();
  for (const name of names.filter((n) => !wanted.length || wanted.includes(n))) {
    const { default: run } = await import(`./${name}.mjs`);
    try {
      await run({ site, browser, report });
    } catch (error) {
      report.ok(false, `${name} runs to its end`, error.stack ?? error);
    }
  }
} catch (error) {
  report.ok(false, 'server and browser start', error.stack ?? error);
} finally {
  await browser?.close();
  site?.stop();
}
console.log(`1..${report.count}`);
process.exit(report.failed ? 1 : 0);
