// bench/book/duckdb.mjs: the same figures from DuckDB's own tables, made by the same formulas as book.c.
// usage: node duckdb.mjs [DEALS]. Two ways to read a state of then: versions with their intervals, and the
// newest event of each deal; the quicker one is the baseline.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(process.env.DUCKDB_FOLDER + '/').href);
const { DuckDBInstance } = require('@duckdb/node-api');
const deals = process.argv[2] ?? '10000000';
const con = await (await DuckDBInstance.create(':memory:')).connect();
const rows = async (sql) => (await con.runAndReadAll(sql)).getRows();

await con.run(`create table version as
  select i + 1 as id, v,
    1577836800 + i * 7919 % 63072000 + v * 864000 + (i * 31 + v * 17) % 86400 as from_s,
    case when v = 4 then 9999999999
      else 1577836800 + i * 7919 % 63072000 + (v + 1) * 864000 + (i * 31 + (v + 1) * 17) % 86400 end as to_s,
    (i * 7919 + v // 2 * 104729) % 1000000 * 100 as amount,
    (18262 + (i * 97 + v * 11) % 900)::integer as close_day,
    ((i * 17 + (case when v >= 3 then 5 else 0 end)) % 500)::usmallint as owner,
    (case when v = 0 then 0 else (i * 13 + v * 7) % 6 end)::usmallint as stage
  from (select unnest(range(${deals})) as i), (select unnest(range(5)) as v) order by i, v`);
await con.run('create table deal as select * from version where v = 4 order by id');

const median = async (sql) => {
  const seconds = [];
  let result;
  for (let i = 0; i < 5; i++) {
    const start = process.hrtime.bigint();
    result = await rows(sql);
    seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
  }
  seconds.sort((a, b) => a - b);
  let count = 0n, sum = 0n;
  for (const r of result) { count += BigInt(r[2]); sum += BigInt(r[3]); }
  return [seconds[2], count, sum];
};
const tell = (name, [seconds, count, sum]) => console.log(`${name} ${seconds.toFixed(6)} ${count} ${sum}`);
const sums = 'owner, stage, count(*), sum(amount)';

tell('now', await median(`select ${sums} from deal where stage < 4 group by owner, stage`));
const interval = await median(`select ${sums} from version
  where from_s <= 1609459200 and to_s > 1609459200 and stage < 4 group by owner, stage`);
tell('then-interval', interval);
tell('then-newest', await median(`select owner, stage, count(*), sum(amount) from (
    select arg_max(owner, from_s) as owner, arg_max(stage, from_s) as stage, arg_max(amount, from_s) as amount
    from version where from_s <= 1609459200 group by id)
  where stage < 4 group by owner, stage`));
