// The OpenAPI text of the program is valid, and the types of the records in web/src/base/record_types.ts are those of it.
// With COX_UPDATE set (tools/update-web-types) they are written anew.
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

/** What others' validators have against the text: its frame (3.1), and every schema in it (2020-12, strict: no word unknown). */
async function faultsOf(text) {
  const load = async (name) => import(pathToFileURL(createRequire(join(root, 'web/')).resolve(name)).href);
  const { Validator } = await load('@seriousme/openapi-schema-validator');
  const frame = await new Validator().validate(structuredClone(text));
  const faults = frame.valid ? [] : [JSON.stringify(frame.errors).slice(0, 2000)];
  const { Ajv2020 } = await load('ajv/dist/2020.js');
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, validateFormats: false });
  for (const word of ['components', 'x-reference']) ajv.addKeyword(word);
  ajv.addSchema({ components: text.components }, 'api');
  const attempt = (where, compile) => {
    try {
      if (!compile()) faults.push(`${where} is missing`);
    } catch (error) {
      faults.push(`${where}: ${error.message}`);
    }
  };
  for (const name of Object.keys(text.components.schemas)) attempt(name, () => ajv.getSchema(`api#/components/schemas/${name}`));
  const seen = new Set();
  JSON.stringify(text.paths, (key, value) => {
    if (key === 'schema') seen.add(JSON.stringify(value).replaceAll('"#/', '"api#/'));
    return value;
  });
  for (const schema of seen) attempt(schema.slice(0, 200), () => ajv.compile(JSON.parse(schema)));
  return faults;
}

function spoil(text, change) {
  const copy = structuredClone(text);
  change(copy);
  return copy;
}

export default async function ({ site, browser, report }) {
  const page = await openPage(browser);
  await signIn(page, site, 'manager');
  const { body } = await api(page, 'GET', '/openapi.json');
  const faults = await faultsOf(body);
  report.ok(faults.length === 0, 'the OpenAPI text is valid, and so is every schema in it', faults.slice(0, 10).join('\n'));
  const spoilt = [(t) => delete t.info.title, (t) => (t.components.schemas.account.properties.name.typ = 'string')];
  const missed = [];
  for (const change of spoilt) if (!(await faultsOf(spoil(body, change))).length) missed.push(String(change));
  report.ok(missed.length === 0, 'and one with a fault is not', missed.join('\n'));
  const made = await typesOf(body);
  if (process.env.COX_UPDATE) writeFileSync(file, made);
  report.ok(/opportunity: \{/.test(made) && readFileSync(file, 'utf8') === made, 'web/src/base/record_types.ts is up to date (else: tools/update-web-types)');
  await page.context().close();
}
