import { useQuery } from '@tanstack/react-query';
import { Alert, AutoComplete, Button, Form, Select, Switch, TimePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, put } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import { may } from '../../shell/access.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../shell/InstitutionSelect.tsx';
import { useSession } from '../../shell/session.tsx';
import { useCatalogue } from '../order/ItemPicker.tsx';
import { AdminList } from './AdminList.tsx';
import { useRefresh } from './useRefresh.ts';

interface Rule {
  id: string;
  centerId: string;
  centerKind: CenterKind;
  institutionName: string;
  requestingInstitutionId: string | null;
  requestingName: string | null;
  itemCode: string | null;
  /** Hours of the county's day, `17:30`. */
  fromTime: string | null;
  toTime: string | null;
  active: boolean;
}
type Values = Pick<Rule, 'centerId' | 'requestingInstitutionId' | 'itemCode' | 'active'> & {
  span?: [Dayjs, Dayjs] | null;
};
interface Center {
  id: string;
  kind: CenterKind;
  institutionName: string;
  active: boolean;
}
const clock = (time: string) => dayjs(`2000-01-01T${time}`);

/** The form's values of a rule. */
const toValues = ({ fromTime, toTime, ...rule }: Partial<Rule>): Partial<Values> => ({
  ...rule,
  span: fromTime && toTime ? [clock(fromTime), clock(toTime)] : null,
});

/** Which centre reads what, where the county has several of a kind: by site, item and hours. */
export default function RoutingArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const session = useSession();
  const refresh = useRefresh(['routing-rules']);
  const centers = useQuery({
    queryKey: ['centers'],
    queryFn: async () => (await get<{ items: Center[] }>('/api/centers')).items,
  });
  const [editing, setEditing] = useState<Partial<Rule> | null>(null);
  const [initial, setInitial] = useState<Partial<Values>>({});
  const edit = (rule: Partial<Rule>) => {
    setInitial(toValues(rule));
    setEditing(rule);
  };
  const mayEdit = may(session, 'admin.institution');
  return (
    <>
      <Alert type="info" title={t('routing.hint')} style={{ marginBottom: 8 }} />
      <AdminList<Rule>
        name={t('areas.routing')}
        queryKey={['routing-rules']}
        path="/api/routing-rules"
        rowKey="id"
        columns={[
          { key: 'kind', title: t('shell:order.center'), text: (row) => t(`shell:center.${row.centerKind}`) },
          { key: 'site', title: t('routing.site'), text: (row) => row.requestingName ?? t('routing.all') },
          { key: 'item', title: t('routing.item'), text: (row) => row.itemCode ?? t('routing.all') },
          {
            key: 'span',
            title: t('routing.span'),
            text: (row) => (row.fromTime ? `${row.fromTime} – ${row.toTime ?? ''}` : t('routing.wholeDay')),
          },
          { key: 'reads', title: t('routing.reads'), text: (row) => row.institutionName },
          {
            key: 'state',
            title: t('state'),
            width: 80,
            text: (row) => t(row.active ? 'active' : 'inactive'),
          },
        ]}
        actions={
          mayEdit && (
            <Button type="primary" onClick={() => edit({ active: true })}>
              {t('shell:action.add')}
            </Button>
          )
        }
        rowActions={(row) =>
          mayEdit && (
            <Button size="small" type="link" onClick={() => edit(row)}>
              {t('shell:action.edit')}
            </Button>
          )
        }
      />
      <FormDialog<Values>
        open={editing !== null}
        title={t(editing?.id ? 'routing.edit' : 'routing.add')}
        initial={initial}
        onClose={() => setEditing(null)}
        onSave={async ({ span, requestingInstitutionId, itemCode, ...rest }) => {
          const rule = {
            ...rest,
            requestingInstitutionId: requestingInstitutionId ?? null,
            itemCode: itemCode ?? null,
            fromTime: span?.[0].format('HH:mm') ?? null,
            toTime: span?.[1].format('HH:mm') ?? null,
          };
          await (editing?.id
            ? put(`/api/routing-rules/${editing.id}`, rule)
            : post('/api/routing-rules', rule));
          refresh();
        }}
      >
        <Form.Item
          name="centerId"
          label={t('routing.reads')}
          rules={[{ required: true, message: t('required') }]}
        >
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={(centers.data ?? [])
              .filter((each) => each.active)
              .map((each) => ({
                value: each.id,
                label: `${t(`shell:center.${each.kind}`)} ${each.institutionName}`,
              }))}
          />
        </Form.Item>
        <Form.Item name="requestingInstitutionId" label={t('routing.site')} extra={t('routing.siteHint')}>
          <InstitutionSelect allowClear />
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(a: Values, b: Values) => a.centerId !== b.centerId}>
          {({ getFieldValue }) => (
            <ItemField kind={centers.data?.find((each) => each.id === getFieldValue('centerId'))?.kind} />
          )}
        </Form.Item>
        <Form.Item name="span" label={t('routing.span')} extra={t('routing.spanHint')}>
          <TimePicker.RangePicker format="HH:mm" order={false} />
        </Form.Item>
        <Form.Item name="active" label={t('active')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </FormDialog>
    </>
  );
}

/** An item of the centre by its code, found by name too. */
function ItemField({ kind }: { kind: CenterKind | undefined }) {
  const { t } = useTranslation('admin');
  const items = useCatalogue(kind ?? 'imaging');
  return (
    <Form.Item name="itemCode" label={t('routing.item')} extra={t('routing.itemHint')}>
      <AutoComplete
        allowClear
        disabled={!kind}
        maxLength={40}
        showSearch={{
          filterOption: (text, option) => (option?.label ?? '').toLowerCase().includes(text.toLowerCase()),
        }}
        options={(items.data ?? []).map(({ code, name }) => ({ value: code, label: `${code} ${name}` }))}
      />
    </Form.Item>
  );
}
