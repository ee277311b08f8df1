// Every screen in both themes, at the width of a desk, a small laptop and a phone: axe finds nothing serious,
// nothing is wider than the screen, and a picture of each is kept.
import { axe, api, fits, goTo, openPage, PHONE, shot, signIn } from './harness.mjs';

const WIDTHS = [
  ['desk', { width: 1440, height: 900 }, 'light'],
  ['desk-dark', { width: 1440, height: 900 }, 'dark'],
  ['laptop', { width: 1024, height: 768 }, 'light'],
  ['phone', PHONE, 'light'],
  ['narrow-dark', { width: 360, height: 740 }, 'dark'],
];

async function pagesOf(page) {
  const deal = (await api(page, 'GET', '/opportunities?limit=1')).body.rows[0];
  const talk = (await api(page, 'GET', '/one_on_ones?limit=1&order=day.desc')).body.rows[0];
  const account = (await api(page, 'GET', '/accounts?limit=1')).body.rows[0];
  const score = (await api(page, 'GET', '/performance')).body.rows[0];
  const programmes = (await api(page, 'GET', '/mentor_programmes?limit=2&order=id')).body.rows;
  const rated = (await api(page, 'GET', '/skill_ratings?limit=1')).body.rows[0];
  return [
    ['home', '/', 'section[aria-label]'],
    ['board', '/pipeline', '[data-card]'],
    ['settings', '/settings/you', 'section[aria-label]'],
    ['import', '/import', 'section[aria-label]'],
    ['coaching', '/coaching', 'section[aria-label] tbody tr, section[aria-label] li'],
    ['talk', `/coaching/${talk.id}`, 'section[aria-label]'],
    ['talent', '/talent', 'section[aria-label] [role=img]'],
    ['talent-person', `/talent/people/${rated.person}`, 'section[aria-label] li [role=img]'],
    ['talent-succession', '/talent/succession', 'section[aria-label]'],
    ['talent-draw', `/talent/pairs/${programmes[0].id}`, 'section[aria-label] tbody tr'],
    ['vision', '/vision', 'section[aria-label] li button[aria-expanded]'],
    ['ledger', '/coaching/ledger', '#page h2'],
    ['own-card', '/coaching/card', 'form[aria-label]'],
    ['profile', '/profile', 'section[aria-label] button[aria-pressed]'],
    ['people', '/people', '[role=treeitem]'],
    ['analysis', '/analysis', '[role=listitem]'],
    ['performance', '/performance', 'ul svg[role=img]'],
    ['scorecard', `/performance/${score.id}`, 'section[aria-label] svg'],
    ['routing', '/routing', 'section[aria-label] li'],
    ['standings', '/standings', '[data-standing] td, [data-standing] p'],
    ['watch', '/watch', 'section[aria-label]'],
    ['deals', '/opportunities?order=amount.desc', '[role=grid], ul[aria-label]'],
    ['deal', `/opportunities/${deal.id}`, '[data-fact]'],
    ['account', `/accounts/${account.id}?_tab=related`, '[data-fact]'],
    ['new-deal', '/opportunities/new', 'input[name=name]'],
    ['notifications', '/notifications', '#page h1'],
    ['missing', '/nothing/here/at/all', '#page h2'],
  ];
}

export default async function ({ site, browser, report }) {
  let pages;
  for (const [name, viewport, scheme] of WIDTHS) {
    const page = await openPage(browser, { viewport, scheme });
    await page.goto(`${site.url}/`);
    await page.waitForSelector('input[name=email]');
    const first = await axe(page);
    report.ok(first.length === 0, `sign-in, ${name}: axe finds nothing serious`, first.join('\n'));
    await shot(page, `sign-in-${name}`);
    await signIn(page, site, 'manager');
    pages ??= await pagesOf(page);
    for (const [what, path, selector] of pages) {
      await goTo(page, path);
      await page.locator(selector).first().waitFor();
      const found = await axe(page);
      report.ok(found.length === 0, `${what}, ${name}: axe finds nothing serious`, found.join('\n'));
      report.ok(await fits(page), `${what}, ${name}: nothing is wider than the screen`);
      await shot(page, `${what}-${name}`);
    }
    report.ok(page.mistakes.length === 0, `${name}: no mistake of the pages' own`, page.mistakes.join('\n'));
    await page.context().close();
  }
}
