import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Modal, Segmented, Select, Space, Switch, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, put, query } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { Chart } from '../../shell/Chart.tsx';
import { dateTime } from '../../shell/format.ts';
import { useInstitutions } from '../../shell/useInstitutions.ts';
import { useSession } from '../../shell/session.tsx';
import { errorText } from '../../shell/states.tsx';
import { FigureTable } from './FigureTable.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { useSpan } from './useSpan.ts';

const CENTERS = ['imaging', 'ecg', 'lab', 'pathology'] as const;
interface Reader {
  staffId: string;
  name: string;
  title: string | null;
  written: number;
  signed: number;
  weighted: number;
  emergencies: number;
  medianMinutes: number | null;
  onShift: number;
  shiftHours: number;
}
interface Shift {
  id: string;
  name: string;
  center: string | null;
  duty: string;
  startsAt: string;
  endsAt: string;
  signed: number;
}
interface Feedback {
  institutionName: string;
  graded: number;
  a: number;
  b: number;
  c: number;
  faults: { fault: string; count: number }[] | null;
}
interface Note {
  id: string;
  institutionName: string;
  staffName: string | null;
  center: string;
  topic: string;
  body: string;
  createdBy: string;
  createdAt: string;
  readBy: string | null;
  readAt: string | null;
}
interface Rule {
  center: string;
  on: boolean;
  mostOpen: number;
}

/** Work per reader and shift, fair assignment, image feedback and training notes. No money anywhere. */
export default function WorkPage() {
  const { t } = useTranslation(['quality', 'shell', 'imaging']);
  const [span, setSpan] = useSpan();
  const [center, setCenter] = useState<(typeof CENTERS)[number]>('imaging');
  const filter = query({ ...span, center });
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.work')}</h1>
        <Segmented
          value={center}
          onChange={setCenter}
          options={CENTERS.map((value) => ({ value, label: t(`area.${value}`) }))}
        />
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
      </div>
      <Tabs
        size="small"
        items={[
          { key: 'load', label: t('work.load'), children: <Load filter={filter} /> },
          { key: 'rules', label: t('work.assignment'), children: <Assignment /> },
          {
            key: 'feedback',
            label: t('work.feedback'),
            children: <ImageFeedback filter={query({ ...span })} />,
          },
          { key: 'notes', label: t('work.notes'), children: <Notes center={center} /> },
        ]}
      />
    </div>
  );
}

function Load({ filter }: { filter: string }) {
  const { t } = useTranslation(['quality', 'shell']);
  const load = useQuery({
    queryKey: ['work', 'load', filter],
    queryFn: () => get<{ readers: Reader[]; shifts: Shift[] }>(`/api/work/load${filter}`),
  });
  const readers = load.data?.readers;
  return (
    <>
      <p className="hub-quiet">{t('work.about')}</p>
      {readers && readers.length > 0 && (
        <Chart
          title={t('work.weighted')}
          height={200}
          table={{
            columns: [t('work.reader'), t('work.weighted'), t('work.perHour')],
            rows: readers.map((row) => [
              row.name,
              row.weighted,
              row.shiftHours > 0 ? (row.weighted / row.shiftHours).toFixed(1) : '—',
            ]),
          }}
          option={{
            tooltip: { trigger: 'axis' },
            xAxis: { type: 'category', data: readers.map((row) => row.name) },
            yAxis: { type: 'value' },
            series: [{ type: 'bar', data: readers.map((row) => row.weighted) }],
          }}
        />
      )}
      <FigureTable<Reader>
        title={t('work.readers')}
        rows={readers}
        error={load.error}
        rowKey={(row) => row.staffId}
        empty={t('work.none')}
        columns={[
          { title: t('work.reader'), text: (row) => `${row.name} ${row.title ?? ''}` },
          { title: t('work.written'), number: true, text: (row) => row.written },
          { title: t('work.signed'), number: true, text: (row) => row.signed },
          { title: t('work.weighted'), number: true, text: (row) => row.weighted },
          { title: t('work.emergencies'), number: true, text: (row) => row.emergencies },
          {
            title: t('work.median'),
            number: true,
            text: (row) => row.medianMinutes,
            render: (row) => row.medianMinutes?.toFixed(0) ?? '—',
          },
          {
            title: t('work.hours'),
            number: true,
            text: (row) => row.shiftHours,
            render: (row) => row.shiftHours.toFixed(1),
          },
          { title: t('work.onShift'), number: true, text: (row) => row.onShift },
        ]}
      />
      <FigureTable<Shift>
        title={t('work.shifts')}
        rows={load.data?.shifts}
        error={load.error}
        rowKey={(row) => row.id}
        empty={t('work.noShifts')}
        columns={[
          { title: t('work.reader'), text: (row) => row.name },
          { title: t('work.duty'), text: (row) => t(`work.duties.${row.duty}`) },
          { title: t('work.from'), text: (row) => dateTime(row.startsAt) },
          { title: t('work.to'), text: (row) => dateTime(row.endsAt) },
          { title: t('work.signed'), number: true, text: (row) => row.signed },
        ]}
      />
    </>
  );
}

function Assignment() {
  const { t } = useTranslation(['quality', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const rules = useQuery({
    queryKey: ['work', 'assignment'],
    queryFn: () => get<{ items: Rule[] }>('/api/work/assignment'),
  });
  const save = async ({ center, on, mostOpen }: Rule) => {
    try {
      await put(`/api/work/assignment/${center}`, { on, mostOpen });
      await client.invalidateQueries({ queryKey: ['work', 'assignment'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const edits = may(session, 'roster.edit');
  return (
    <>
      <p className="hub-quiet">{t('work.assignmentAbout')}</p>
      <FigureTable<Rule>
        title={t('work.assignment')}
        rows={rules.data?.items}
        error={rules.error}
        rowKey={(row) => row.center}
        empty=""
        columns={[
          { title: t('column.center'), text: (row) => t(`area.${row.center}`) },
          {
            title: t('work.on'),
            text: (row) => t(row.on ? 'algorithm.on' : 'algorithm.off'),
            render: (row) => (
              <Switch
                checked={row.on}
                disabled={!edits}
                aria-label={`${t('work.on')} ${t(`area.${row.center}`)}`}
                onChange={(on) => void save({ ...row, on })}
              />
            ),
          },
          {
            title: t('work.mostOpen'),
            text: (row) => row.mostOpen,
            render: (row) => (
              <InputNumber
                min={1}
                max={100}
                disabled={!edits}
                value={row.mostOpen}
                aria-label={`${t('work.mostOpen')} ${t(`area.${row.center}`)}`}
                onChange={(mostOpen) => mostOpen && void save({ ...row, mostOpen })}
              />
            ),
          },
        ]}
      />
    </>
  );
}

function ImageFeedback({ filter }: { filter: string }) {
  const { t } = useTranslation(['quality', 'shell', 'imaging']);
  const feedback = useQuery({
    queryKey: ['work', 'feedback', filter],
    queryFn: () => get<{ items: Feedback[] }>(`/api/work/feedback${filter}`),
  });
  return (
    <FigureTable<Feedback>
      title={t('work.feedback')}
      rows={feedback.data?.items}
      error={feedback.error}
      rowKey={(row) => row.institutionName}
      empty={t('work.noGrades')}
      columns={[
        { title: t('column.site'), text: (row) => row.institutionName },
        { title: t('work.graded'), number: true, text: (row) => row.graded },
        { title: t('work.gradeA'), number: true, text: (row) => row.a },
        { title: t('work.gradeB'), number: true, text: (row) => row.b },
        { title: t('work.gradeC'), number: true, text: (row) => row.c },
        {
          title: t('work.faults'),
          text: (row) =>
            (row.faults ?? [])
              .map(
                (each) =>
                  `${t(`imaging:grade.faults.${each.fault}`, { defaultValue: each.fault })} ${each.count}`,
              )
              .join('、'),
        },
      ]}
    />
  );
}

function Notes({ center }: { center: string }) {
  const { t } = useTranslation(['quality', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const institutions = useInstitutions();
  const [writing, setWriting] = useState(false);
  const notes = useQuery({
    queryKey: ['work', 'notes'],
    queryFn: () => get<{ items: Note[] }>('/api/work/notes'),
  });
  const write = async (values: { institutionId: string; topic: string; body: string }) => {
    try {
      await post('/api/work/notes', { ...values, center });
      setWriting(false);
      await client.invalidateQueries({ queryKey: ['work', 'notes'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <>
      <FigureTable<Note>
        title={t('work.notes')}
        rows={notes.data?.items}
        error={notes.error}
        rowKey={(row) => row.id}
        empty={t('work.noNotes')}
        extra={
          may(session, 'quality.review') && (
            <Button type="primary" onClick={() => setWriting(true)}>
              {t('work.write')}
            </Button>
          )
        }
        columns={[
          { title: t('column.created'), text: (row) => dateTime(row.createdAt) },
          { title: t('column.site'), text: (row) => `${row.institutionName} ${row.staffName ?? ''}` },
          { title: t('column.center'), text: (row) => t(`area.${row.center}`) },
          { title: t('work.topic'), text: (row) => row.topic },
          { title: t('work.body'), text: (row) => row.body },
          { title: t('work.by'), text: (row) => row.createdBy },
          {
            title: t('work.read'),
            text: (row) => (row.readAt ? `${row.readBy ?? ''} ${dateTime(row.readAt)}` : t('work.unread')),
          },
        ]}
      />
      <Modal
        open={writing}
        title={t('work.write')}
        footer={null}
        onCancel={() => setWriting(false)}
        destroyOnHidden
      >
        <Form layout="vertical" onFinish={(values) => void write(values as Parameters<typeof write>[0])}>
          <Form.Item
            name="institutionId"
            label={t('column.site')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              options={(institutions.data ?? []).map((row) => ({ value: row.id, label: row.name }))}
            />
          </Form.Item>
          <Form.Item
            name="topic"
            label={t('work.topic')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="body" label={t('work.body')} rules={[{ required: true, message: t('required') }]}>
            <Input.TextArea rows={5} maxLength={4000} />
          </Form.Item>
          <Space>
            <Button type="primary" htmlType="submit">
              {t('save')}
            </Button>
          </Space>
        </Form>
      </Modal>
    </>
  );
}
