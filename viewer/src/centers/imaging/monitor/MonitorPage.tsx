import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Alert, Button, Form, Input, Radio, Space, Tag } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, get, post } from '../../../api/client.ts';
import { dateTime } from '../../../shell/format.ts';
import { ListTable, type ListColumn } from '../../../shell/ListTable.tsx';
import { errorText, Failed, Loading } from '../../../shell/states.tsx';
import { drawPattern } from './testPattern.ts';

const questions = ['dark', 'bright', 'steps', 'lines', 'letters', 'geometry', 'clean'] as const;
const nameKey = 'hub.workstation';
/** A reading display is looked at once a month. */
const dueDays = 30;

interface Check {
  id: string;
  institutionName: string;
  workstation: string;
  display: string;
  screen: { widthPx: number; heightPx: number; pixelRatio: number };
  passed: boolean;
  note: string;
  checkedByName: string;
  checkedAt: string;
  newest: boolean;
}

const daysSince = (at: string) => Math.floor((Date.now() - new Date(at).getTime()) / 86_400_000);

/** Check of a reading workstation's displays: test pattern, what was seen, who and when; the list of all checks. */
export default function MonitorPage() {
  const { t } = useTranslation(['monitor', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [pattern, setPattern] = useState(false);
  const [form] = Form.useForm<Record<string, string | boolean>>();
  const [busy, setBusy] = useState(false);
  const list = useQuery({
    queryKey: ['imaging', 'monitor-checks'],
    queryFn: () => get<{ items: Check[] }>('/api/imaging/monitor-checks'),
  });
  const here = localStorage.getItem(nameKey) ?? '';
  const last = list.data?.items.find((each) => each.workstation === here);

  const save = async (values: Record<string, string | boolean>) => {
    setBusy(true);
    try {
      const { passed } = await post<{ passed: boolean }>('/api/imaging/monitor-checks', {
        workstation: values.workstation,
        display: values.display ?? '',
        note: values.note ?? '',
        screen: {
          widthPx: Math.round(screen.width * devicePixelRatio),
          heightPx: Math.round(screen.height * devicePixelRatio),
          pixelRatio: devicePixelRatio,
          colorDepthBits: screen.colorDepth,
        },
        answers: Object.fromEntries(questions.map((question) => [question, values[question] === true])),
      });
      localStorage.setItem(nameKey, String(values.workstation).trim());
      message[passed ? 'success' : 'warning'](t(passed ? 'passedSaved' : 'failedSaved'));
      form.resetFields([...questions, 'note']);
      await client.invalidateQueries({ queryKey: ['imaging', 'monitor-checks'] });
    } catch (error) {
      if (error instanceof ApiError && error.problem.errors?.some((each) => each.path === 'note'))
        form.setFields([{ name: 'note', errors: [t('noteNeeded')] }]);
      else message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };

  const result = (row: Check) => t(row.passed ? 'passed' : 'failed');
  const columns: ListColumn<Check>[] = [
    { title: t('workstation'), text: (row) => row.workstation },
    { title: t('display'), text: (row) => row.display },
    { title: t('screen'), text: (row) => `${row.screen.widthPx} × ${row.screen.heightPx}` },
    {
      title: t('result'),
      text: result,
      render: (row) => <Tag color={row.passed ? 'default' : 'error'}>{result(row)}</Tag>,
    },
    {
      title: t('checkedAt'),
      text: (row) => dateTime(row.checkedAt),
      render: (row) => (
        <span>
          {dateTime(row.checkedAt)}
          {row.newest && daysSince(row.checkedAt) >= dueDays && <b className="is-late"> {t('overdue')}</b>}
        </span>
      ),
    },
    { title: t('checkedBy'), text: (row) => row.checkedByName },
    { title: t('institution'), text: (row) => row.institutionName },
    { title: t('note'), text: (row) => row.note, wrap: 320 },
  ];
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('title')}</h1>
      {here && (
        <Alert
          type={last && daysSince(last.checkedAt) < dueDays && last.passed ? 'info' : 'warning'}
          showIcon
          title={
            last
              ? t(last.passed ? 'lastHere' : 'lastHereFailed', {
                  name: here,
                  at: dateTime(last.checkedAt),
                  days: daysSince(last.checkedAt),
                  due: dueDays,
                })
              : t('neverHere', { name: here })
          }
        />
      )}
      <Form
        form={form}
        layout="horizontal"
        labelCol={{ flex: '300px' }}
        labelWrap
        labelAlign="left"
        initialValues={{ workstation: here }}
        onFinish={(values) => void save(values)}
        style={{ maxWidth: 760, margin: '12px 0 20px' }}
      >
        <Form.Item
          name="workstation"
          label={t('workstation')}
          rules={[{ required: true, whitespace: true, message: t('workstationNeeded') }]}
        >
          <Input maxLength={60} placeholder={t('workstationHint')} />
        </Form.Item>
        <Form.Item name="display" label={t('display')}>
          <Input maxLength={60} placeholder={t('displayHint')} />
        </Form.Item>
        <Form.Item label={t('pattern')}>
          <Space>
            <Button onClick={() => setPattern(true)}>{t('showPattern')}</Button>
            <span className="hub-quiet">{t('patternHint')}</span>
          </Space>
        </Form.Item>
        {questions.map((question) => (
          <Form.Item
            key={question}
            name={question}
            label={t(`question.${question}`)}
            rules={[{ required: true, message: t('answerNeeded') }]}
            style={{ marginBottom: 4 }}
          >
            <Radio.Group>
              <Radio value={true}>{t('yes')}</Radio>
              <Radio value={false}>{t('no')}</Radio>
            </Radio.Group>
          </Form.Item>
        ))}
        <Form.Item name="note" label={t('note')}>
          <Input.TextArea rows={2} maxLength={500} placeholder={t('noteHint')} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('save')}
        </Button>
      </Form>
      {list.isPending && <Loading rows={4} />}
      {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && (
        <ListTable<Check>
          name={t('title')}
          rowKey="id"
          rows={list.data.items}
          pageSize={20}
          empty={t('empty')}
          columns={columns}
        />
      )}
      {pattern && <Pattern onClose={() => setPattern(false)} />}
    </div>
  );
}

/** The pattern over the whole screen, one canvas pixel on one device pixel; any key or click ends it. */
function Pattern({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('monitor');
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = () => {
      const element = canvas.current;
      if (element)
        drawPattern(
          element,
          Math.round(innerWidth * devicePixelRatio),
          Math.round(innerHeight * devicePixelRatio),
        );
    };
    draw();
    place.current?.focus();
    place.current?.requestFullscreen().then(draw, () => undefined); // refused: the window is used
    addEventListener('resize', draw);
    return () => {
      removeEventListener('resize', draw);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);
  return (
    <div
      ref={place}
      role="dialog"
      aria-label={t('pattern')}
      tabIndex={-1}
      onClick={onClose}
      onKeyDown={onClose}
      style={{ position: 'fixed', inset: 0, zIndex: 3000, cursor: 'none', background: '#000' }}
    >
      <canvas ref={canvas} style={{ width: '100vw', height: '100vh', display: 'block' }} />
    </div>
  );
}
