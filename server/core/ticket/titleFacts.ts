import { sql } from 'kysely';

/**
 * Columns of what a ticket's title is made of, for pages that are not Chinese; of a query in which `t` is the ticket.
 * What rules wrote is said anew in the language of the page, what a person wrote stands as written.
 */
export const TITLE_FACTS = sql`t.kind, t.title, t.rule_code, t.detail,
  (select count(*)::int from ticket m where m.cluster_id = t.id) as members,
  (select i.short_name from institution i where i.id = t.institution_id) as institution_name,
  (select o.accession_number from orders o where o.id = t.order_id) as accession_number,
  case when t.rule_code = 'unread-cluster' then split_part(t.source_key, ':', 3) end as month,
  (select coalesce(p.name_en, p.name) from turnaround_policy p where (t.kind = 'turnaround' and p.id::text = split_part(t.source_key, ':', 3)) or (t.rule_code = 'breach-cluster' and p.code = split_part(t.source_key, ':', 2)) order by p.version desc limit 1) as policy_name_en,
  (select coalesce(c.name_en, c.name) from quality_evidence e join catalogue_item c on c.code = e.item_code where t.rule_code = 'evidence-expiry' and e.id::text = t.detail->>'evidenceId') as item_name_en`;
