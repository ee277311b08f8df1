// The types of the records in web/src/base/record_types.ts are those of the program's OpenAPI text. With
// COX_UPDATE set (tools/update-web-types) they are written anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { api, openPage, root, signIn } from './harness.mjs';

const file = join(root, 'web/src/base/record_types.ts');

/** Words for people may change without making types stale. */
function bare(schema) {
  if (Array.isArray(schema)) return schema.map(bare);
  if (!schema || typeof schema !== 'object') return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key, value]) => key !== 'description' || typeof value === 'object').map(([key, value]) => [key, bare(value)]));
}

async function typesOf(text) {
  const require = createRequire(join(root, 'web/'));
  const { default: openapiTS, astToString } = await import(pathToFileURL(require.resolve('openapi-typescript')).href.replace(/\.c?js$/, '.mjs')).catch(() => require('openapi-typescript'));
  const schemas = Object.fromEntries(Object.entries(text.components.schemas).filter(([name]) => !/_(new|change|page)$/.test(name)).map(([name, schema]) => [name, bare(schema)]));
  const body = astToString(await openapiTS({ openapi: '3.1.0', info: { title: 'x', version: '0' }, paths: {}, components: { schemas } }));
  const inside = /schemas: \{\n([\s\S]*?)\n    \};\n    responses/.exec(body)?.[1] ?? '';
  return `// Made by tools/update-web-types from the OpenAPI text of the program: each record as it is read.\nexport interface Records {\n${inside.replace(/^    /gm, '')}\n}\n`;
}

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'manager');
  const { body } = await api(page, 'GET', '/openapi.json');
  const made = await typesOf(body);
  if (process.env.COX_UPDATE) writeFileSync(file, made);
  report.ok(/opportunity: \{/.test(made) && readFileSync(file, 'utf8') === made, 'web/src/base/record_types.ts is up to date (else: tools/update-web-types)');
  await page.context().close();
}
