import { Button, DatePicker, Drawer, Input, InputNumber, Select, Space, Table } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { dateTime } from '../../../shell/format.ts';
import { useSession } from '../../../shell/session.tsx';
import { useAct } from '../useLab.ts';
import { RoundResult } from './RoundResult.tsx';
import type { Result, Round } from './types.ts';

const DAY = 'YYYY-MM-DD';

/** One round: values while it is open, targets and allowed deviation when it is submitted, the result afterwards. */
export function RoundDrawer({ round, onClose }: { round: Round; onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const session = useSession();
  const { act, busy } = useAct();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [targets, setTargets] = useState<Record<string, number | null>>({});
  const [allowed, setAllowed] = useState<Record<string, number | null>>({});
  const [words, setWords] = useState<Record<string, boolean>>({});
  const [valid, setValid] = useState<[Dayjs, Dayjs]>([dayjs(), dayjs().add(1, 'year')]);
  const keyOf = (row: Result) => `${row.sample} ${row.testCode}`;
  const scoring = round.state === 'submitted' && may(session, 'policy.edit');
  const entering = round.state === 'open' && may(session, 'bench.work');
  const save = (submit: boolean) =>
    act(
      () =>
        put(`/api/lab/eqa/${round.id}/results`, {
          results: round.results
            .filter((row) => typed[keyOf(row)] !== undefined)
            .map((row) => ({ sample: row.sample, testCode: row.testCode, value: typed[keyOf(row)] })),
          submit,
        }),
      () => t(submit ? 'said.eqaSubmitted' : 'said.eqaSaved'),
    );
  const score = () =>
    act(
      () =>
        post<{ evidence: string[] }>(`/api/lab/eqa/${round.id}/score`, {
          scores: round.results.map((row) => ({
            sample: row.sample,
            testCode: row.testCode,
            ...(typeof targets[keyOf(row)] === 'number' && { target: targets[keyOf(row)] }),
            ...(typeof allowed[row.testCode] === 'number' && { allowedPercent: allowed[row.testCode] }),
            ...(words[keyOf(row)] !== undefined && { acceptable: words[keyOf(row)] }),
          })),
          validFrom: valid[0].format(DAY),
          validTo: valid[1].format(DAY),
        }),
      (answer) => t('said.eqaScored', { items: answer.evidence.join('、') || '—' }),
    );
  const tests = [...new Map(round.results.map((row) => [row.testCode, row.testName]))];
  const close = async () => {
    // What was typed is kept, also when the drawer is closed in the middle.
    if (entering && Object.keys(typed).length > 0 && (await save(false)) === undefined) return;
    onClose();
  };
  const filled = round.results.every((row) => (typed[keyOf(row)] ?? row.value ?? '') !== '');
  return (
    <Drawer
      open
      size={860}
      title={`${round.scheme} ${round.name} · ${round.organizer}`}
      onClose={() => void close()}
      footer={
        (entering || scoring) && (
          <Space>
            {entering && (
              <>
                <Button loading={busy} onClick={() => void save(false)}>
                  {t('save1')}
                </Button>
                <Button type="primary" loading={busy} disabled={!filled} onClick={() => void save(true)}>
                  {t('eqa.submit')}
                </Button>
              </>
            )}
            {scoring && (
              <Button type="primary" loading={busy} onClick={() => void score()}>
                {t('eqa.scoreNow')}
              </Button>
            )}
          </Space>
        )
      }
    >
      <div className="lab-stack">
        <p className="hub-quiet">
          {t(`eqa.state.${round.state}`)} · {t('eqa.due')} {dateTime(round.dueAt)}
          {round.submittedAt ? ` · ${t('eqa.submittedAt')} ${dateTime(round.submittedAt)}` : ''}
        </p>
        {round.state === 'scored' && <RoundResult round={round} />}
        {scoring && (
          <Space wrap>
            {tests.map(([code, name]) => (
              <InputNumber
                key={code}
                style={{ width: 190 }}
                min={0.1}
                prefix={name}
                suffix="%"
                aria-label={`${t('eqa.allowed')} ${name}`}
                placeholder={t('eqa.allowed')}
                value={allowed[code] ?? null}
                onChange={(value) => setAllowed({ ...allowed, [code]: value })}
              />
            ))}
            <DatePicker.RangePicker
              allowClear={false}
              value={valid}
              onChange={(value) => value?.[0] && value[1] && setValid([value[0], value[1]])}
            />
          </Space>
        )}
        <Table
          size="small"
          rowKey={keyOf}
          pagination={false}
          dataSource={round.results}
          columns={[
            { title: t('col.test'), dataIndex: 'testName' },
            { title: t('eqa.sample'), dataIndex: 'sample' },
            {
              title: t('col.value'),
              render: (_, row) =>
                entering ? (
                  <Input
                    size="small"
                    style={{ width: 120 }}
                    inputMode="decimal"
                    aria-label={`${row.testCode} ${row.sample}`}
                    value={typed[keyOf(row)] ?? row.value ?? ''}
                    onPressEnter={focusNext}
                    onChange={(event) => setTyped({ ...typed, [keyOf(row)]: event.target.value })}
                  />
                ) : (
                  (row.value ?? '—')
                ),
            },
            {
              title: t('eqa.target'),
              render: (_, row) =>
                scoring ? (
                  <InputNumber
                    size="small"
                    style={{ width: 110 }}
                    aria-label={`${t('eqa.target')} ${row.testCode} ${row.sample}`}
                    value={targets[keyOf(row)] ?? null}
                    onPressEnter={focusNext}
                    onChange={(value) => setTargets({ ...targets, [keyOf(row)]: value })}
                  />
                ) : (
                  (row.target ?? '')
                ),
            },
            {
              title: t('eqa.deviation'),
              align: 'right',
              render: (_, row) => {
                const target = row.target ?? targets[keyOf(row)] ?? null;
                const value = Number(row.value);
                return target && row.value && Number.isFinite(value)
                  ? `${(((value - target) / target) * 100).toFixed(1)} %`
                  : '';
              },
            },
            {
              title: t('eqa.result'),
              render: (_, row) =>
                scoring ? (
                  <Select
                    size="small"
                    allowClear
                    style={{ width: 150 }}
                    aria-label={`${t('eqa.word')} ${row.testCode} ${row.sample}`}
                    placeholder={t('eqa.byDeviation')}
                    value={words[keyOf(row)] ?? null}
                    onChange={(value: boolean | undefined) =>
                      setWords(
                        value === undefined
                          ? Object.fromEntries(Object.entries(words).filter(([key]) => key !== keyOf(row)))
                          : { ...words, [keyOf(row)]: value },
                      )
                    }
                    options={[true, false].map((value) => ({
                      value,
                      label: t(value ? 'eqa.acceptable' : 'eqa.unacceptable'),
                    }))}
                  />
                ) : row.acceptable === null ? (
                  ''
                ) : (
                  <span className={row.acceptable ? 'hub-tone-done' : 'hub-tone-breach'}>
                    {t(row.acceptable ? 'eqa.acceptable' : 'eqa.unacceptable')}
                  </span>
                ),
            },
          ]}
        />
      </div>
    </Drawer>
  );
}

/** Enter moves on to the next field of the table. */
function focusNext({ target }: React.KeyboardEvent<HTMLElement>) {
  if (!(target instanceof HTMLInputElement)) return;
  const fields = [
    ...(target.closest('table')?.querySelectorAll<HTMLInputElement>('input:not([role=combobox])') ?? []),
  ];
  fields[fields.indexOf(target) + 1]?.focus();
}
