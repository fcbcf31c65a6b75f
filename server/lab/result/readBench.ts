import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';

/** Every test of an order with its current result, history of versions and what holds it: the page of the bench. */
export async function readBench(db: Queryable, orderId: string) {
  const { rows } = await sql<Record<string, unknown>>`
    select t.code, t.name, t.name_en, t.unit, t.decimals, t.method, t.bench, t.result_kind, t.choices, t.print_order, c.name as panel, c.code as panel_code,
      o.state, o.hold_reason, k.barcode, k.state as container_state,
      case when r.id is null then null else json_build_object('id', r.id, 'version', r.version, 'valueNumber', r.value_number, 'comparator', r.comparator, 'valueText', r.value_text, 'organisms', r.organisms, 'conversion', r.conversion, 'preliminary', r.preliminary,
        'flag', r.flag, 'critical', r.critical, 'rangeText', r.range_text, 'previous', r.previous, 'deltaPercent', r.delta_percent, 'deltaFailed', r.delta_failed, 'interference', r.interference,
        'dilution', r.dilution, 'holds', r.holds, 'state', r.state, 'source', r.source, 'measuredAt', r.measured_at, 'instrument', case when r.source <> 'manual' then i.name end, 'instrumentId', r.instrument_id, 'enteredBy', e.name, 'enteredAt', r.entered_at,
        'technicalBy', h.name, 'technicalAt', r.technical_at, 'verifiedBy', v.name, 'verifiedAt', r.verified_at, 'rule', r.verified_rule, 'note', r.note, 'reason', r.reason) end as result,
      (select coalesce(json_agg(json_build_object('version', x.version, 'valueNumber', x.value_number, 'valueText', x.value_text, 'conversion', x.conversion, 'enteredAt', x.entered_at, 'reason', x.reason, 'source', x.source) order by x.version), '[]')
        from lab_result x where x.order_id = o.order_id and x.test_code = o.test_code and not x.current) as earlier
    from lab_order_test o join lab_test t on t.code = o.test_code join catalogue_item c on c.code = o.panel_code
      left join lab_container k on k.id = o.container_id
      left join lab_result r on r.order_id = o.order_id and r.test_code = o.test_code and r.current
      left join lab_instrument i on i.id = r.instrument_id left join staff e on e.id = r.entered_by left join staff h on h.id = r.technical_by left join staff v on v.id = r.verified_by
    where o.order_id = ${orderId} order by c.code, t.print_order, t.code`.execute(db);
  return rows;
}
