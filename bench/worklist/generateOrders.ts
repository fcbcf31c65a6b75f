import type { Pool } from 'pg';

/**
 * Fills `count` synthetic orders over five years by SQL: 40,000 patients, all sites, five centres. The newest 0.3 %
 * are open with due times around now, the rest are acknowledged.
 */
export async function generateOrders(pool: Pool, count: number): Promise<void> {
  await pool.query(`insert into patient (name, name_pinyin, sex, birth_date)
    select (array['赵','钱','孙','李','周','吴','郑','王','冯','陈'])[1 + n % 10] || (array['伟','芳','娜','敏','静','丽','强','磊','军','洋','勇','艳'])[1 + n / 10 % 12] || n % 97,
      'p' || n % 9973, (array['M','F'])[1 + n % 2]::sex, date '1930-01-01' + n % 30000 from generate_series(1, 40000) n`);
  const client = await pool.connect();
  await client.query(`set session_replication_role = replica`); // foreign keys hold by construction
  await client.query(
    `create temp table site as select id, row_number() over (order by code) - 1 as n from institution where kind in ('township', 'community', 'village')`,
  );
  await client.query(
    `create temp table person as select id, name, row_number() over (order by id) - 1 as n from patient`,
  );
  await client.query(`insert into request (patient_id, requesting_institution_id, source, created_at)
    select p.id, s.id, 'api', now() from person p join site s on s.n = p.n % (select count(*) from site)`);
  await client.query(
    `create temp table req as select id, patient_id, requesting_institution_id, row_number() over (order by id) - 1 as n from request where source = 'api'`,
  );
  await client.query(`create index on req (n)`);
  await client.query(
    `insert into orders (request_id, center_kind, accession_number, patient_id, patient_name, item_name, item_class, modality, requesting_institution_id, performing_institution_id, reporting_institution_id, priority, status, due_at, received_at, final_at, created_at)
    select r.id, (array['imaging','imaging','ecg','lab','lab','lab','pathology','imaging','lab','ecg'])[1 + g % 10]::center_kind, 'B' || lpad(g::text, 10, '0'), r.patient_id, p.name, '合成项目', 'xray', 'DX', r.requesting_institution_id, r.requesting_institution_id,
      (select id from institution where code = 'QHRM'), (array['routine','routine','routine','urgent','emergency'])[1 + g % 5]::order_priority,
      case when g > $1 * 0.997 then (array['received','received','preliminary','requested'])[1 + g % 4] else 'acknowledged' end::order_status,
      case when g > $1 * 0.997 then now() + (g % 600 - 200) * interval '1 minute' end, now() - ($1 - g) * interval '155 seconds', case when g <= $1 * 0.997 then now() - ($1 - g) * interval '155 seconds' end, now() - ($1 - g) * interval '155 seconds'
    from generate_series(1, $1::bigint) g join req r on r.n = g % 40000 join person p on p.id = r.patient_id`,
    [count],
  );
  await client.query('analyze orders, patient, request');
  await client.query(`set session_replication_role = default`);
  client.release();
}
