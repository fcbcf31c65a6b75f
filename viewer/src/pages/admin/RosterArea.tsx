import { Button, DatePicker, Form, Input, Popconfirm, Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import type { Dayjs } from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { del, post, query } from '../../api/client.ts';
import { getAll } from '../../api/getAll.ts';
import { centerKinds, type CenterKind } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../shell/InstitutionSelect.tsx';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';
import { countyNow, instantOf } from '../../shell/countyTime.ts';

interface Shift {
  id: string;
  institutionId: string;
  institutionName: string;
  centerKind: CenterKind | null;
  duty: string;
  staffId: string;
  staffName: string;
  startsAt: string;
  endsAt: string;
  phone: string | null;
}
interface Values {
  institutionId: string;
  centerKind?: CenterKind;
  staffId: string;
  duty: string;
  span: [Dayjs, Dayjs];
  phone?: string;
}
const duties = ['reporter', 'verifier', 'clinician', 'site-duty', 'site-head', 'duty-office', 'technician'];

/** Who is on duty where, with the telephone that critical values call. */
export default function RosterArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const session = useSession();
  const refresh = useRefresh(['roster']);
  const act = useAct(refresh);
  const [week, setWeek] = useState<Dayjs>(countyNow().startOf('day'));
  const [adding, setAdding] = useState(false);
  const from = instantOf(week);
  const staff = useQuery({
    queryKey: ['staff', 'names'],
    enabled: adding,
    queryFn: () =>
      getAll<{ id: string; name: string; username: string; institutionName: string }>('/api/staff?limit=200'),
  });
  const initial = useMemo(
    () => ({
      institutionId: session.institution.id,
      span: [week.hour(8), week.add(1, 'day').hour(8)] as [Dayjs, Dayjs],
    }),
    [week, session],
  );
  return (
    <>
      <AdminList<Shift>
        name={t('areas.roster')}
        queryKey={['roster', from]}
        path={`/api/roster${query({ from, to: instantOf(week.add(7, 'day')) })}`}
        rowKey="id"
        columns={[
          { key: 'start', title: t('from'), width: 130, text: (row) => dateTime(row.startsAt) },
          { key: 'end', title: t('to'), width: 130, text: (row) => dateTime(row.endsAt) },
          { key: 'institution', title: t('institution'), text: (row) => row.institutionName },
          {
            key: 'center',
            title: t('shell:order.center'),
            text: (row) => (row.centerKind ? t(`shell:center.${row.centerKind}`) : ''),
          },
          { key: 'duty', title: t('duty'), text: (row) => t(`duties.${row.duty}`) },
          { key: 'who', title: t('staffName'), text: (row) => row.staffName },
          { key: 'phone', title: t('shell:phone'), text: (row) => row.phone ?? '' },
        ]}
        actions={
          <>
            <DatePicker
              value={week}
              allowClear={false}
              onChange={(value) => value && setWeek(value.startOf('day'))}
              aria-label={t('from')}
            />
            <Button type="primary" onClick={() => setAdding(true)}>
              {t('shell:action.add')}
            </Button>
          </>
        }
        rowActions={(row) => {
          if (Date.parse(row.endsAt) <= Date.now()) return null;
          const begun = Date.parse(row.startsAt) < Date.now();
          return (
            <Popconfirm
              title={t(begun ? 'endShift' : 'removeShift', { who: row.staffName })}
              onConfirm={() => act(del(`/api/roster/${row.id}`))}
            >
              <Button size="small" type="link" danger>
                {begun ? t('endNow') : t('shell:action.remove')}
              </Button>
            </Popconfirm>
          );
        }}
      />
      <FormDialog<Values>
        open={adding}
        title={t('addShift')}
        initial={initial}
        onClose={() => setAdding(false)}
        onSave={async ({ span, ...values }) => {
          await post('/api/roster', {
            ...values,
            startsAt: instantOf(span[0]),
            endsAt: instantOf(span[1]),
          });
          refresh();
        }}
      >
        <Form.Item
          name="institutionId"
          label={t('institution')}
          rules={[{ required: true, message: t('required') }]}
        >
          <InstitutionSelect />
        </Form.Item>
        <Form.Item name="centerKind" label={t('shell:order.center')}>
          <Select
            allowClear
            options={centerKinds.map((value) => ({ value, label: t(`shell:center.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="staffId" label={t('staffName')} rules={[{ required: true, message: t('required') }]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={(staff.data ?? []).map((each) => ({
              value: each.id,
              label: `${each.name} ${each.username} ${each.institutionName}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="duty" label={t('duty')} rules={[{ required: true, message: t('required') }]}>
          <Select options={duties.map((value) => ({ value, label: t(`duties.${value}`) }))} />
        </Form.Item>
        <Form.Item name="span" label={t('spanOfTime')} rules={[{ required: true, message: t('required') }]}>
          <DatePicker.RangePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" />
        </Form.Item>
        <Form.Item name="phone" label={t('shell:phone')}>
          <Input maxLength={40} />
        </Form.Item>
      </FormDialog>
    </>
  );
}
