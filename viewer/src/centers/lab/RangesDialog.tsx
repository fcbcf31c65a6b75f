import { newKey } from '../../shell/newKey.ts';
import { Button, Input, InputNumber, Modal, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { put } from '../../api/client.ts';
import { useAct } from './useLab.ts';

export interface Range {
  id: string;
  sex: string | null;
  ageFromDays: number;
  ageToDays: number;
  pregnant?: boolean | null;
  method?: string | null;
  low: number | null;
  high: number | null;
  normalText: string | null;
  criticalLow: number | null;
  criticalHigh: number | null;
  validFrom?: string;
  validTo?: string | null;
}
const YEAR = 365.25;
const NUMBERS = ['low', 'high', 'criticalLow', 'criticalHigh'] as const;

/** Reference ranges of one test: saved together as a new version of the catalogue, with a note. */
export function RangesDialog({
  test,
  onClose,
}: {
  test: { code: string; name: string; ranges: Range[] };
  onClose: () => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [rows, setRows] = useState<Range[]>(test.ranges);
  const [note, setNote] = useState('');
  const change = (id: string, part: Partial<Range>) =>
    setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const save = async () => {
    const done = await act(
      () =>
        put<{ version: number }>(`/api/lab/tests/${encodeURIComponent(test.code)}/ranges`, {
          note: note.trim(),
          ranges: rows.map((row) => ({
            sex: row.sex,
            ageFromDays: row.ageFromDays,
            ageToDays: row.ageToDays,
            pregnant: row.pregnant ?? null,
            method: row.method ?? null,
            low: row.low,
            high: row.high,
            normalText: row.normalText,
            criticalLow: row.criticalLow,
            criticalHigh: row.criticalHigh,
            ...(row.validFrom && { validFrom: row.validFrom }),
            validTo: row.validTo ?? null,
          })),
        }),
      (answer) => t('said.ranges', { version: answer.version }),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      width={1000}
      title={`${t('catalogue.ranges')} · ${test.name} (${test.code})`}
      okButtonProps={{ loading: busy, disabled: note.trim().length < 2 }}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <div className="lab-stack">
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={rows}
          locale={{ emptyText: t('catalogue.noRanges') }}
          columns={[
            {
              title: t('catalogue.sex'),
              render: (_, row) => (
                <Select
                  size="small"
                  style={{ width: 80 }}
                  aria-label={t('catalogue.sex')}
                  value={row.sex ?? ''}
                  onChange={(sex) => change(row.id, { sex: sex || null })}
                  options={[
                    { value: '', label: t('catalogue.any') },
                    { value: 'M', label: t('shell:sex.M') },
                    { value: 'F', label: t('shell:sex.F') },
                  ]}
                />
              ),
            },
            {
              title: t('catalogue.age'),
              render: (_, row) => (
                <>
                  <InputNumber
                    size="small"
                    style={{ width: 72 }}
                    min={0}
                    aria-label={t('catalogue.ageFrom')}
                    value={Math.round((row.ageFromDays / YEAR) * 100) / 100}
                    onChange={(years) => change(row.id, { ageFromDays: Math.round((years ?? 0) * YEAR) })}
                  />
                  ～
                  <InputNumber
                    size="small"
                    style={{ width: 72 }}
                    min={0}
                    aria-label={t('catalogue.ageTo')}
                    value={Math.round((row.ageToDays / YEAR) * 100) / 100}
                    onChange={(years) => change(row.id, { ageToDays: Math.round((years ?? 150) * YEAR) })}
                  />
                </>
              ),
            },
            ...NUMBERS.map((key) => ({
              title: t(`catalogue.limit.${key}`),
              render: (_: unknown, row: Range) => (
                <InputNumber
                  size="small"
                  style={{ width: 88 }}
                  aria-label={t(`catalogue.limit.${key}`)}
                  value={row[key]}
                  onChange={(value) => change(row.id, { [key]: value })}
                />
              ),
            })),
            {
              title: t('catalogue.words'),
              render: (_, row) => (
                <Input
                  size="small"
                  style={{ width: 90 }}
                  aria-label={t('catalogue.words')}
                  value={row.normalText ?? ''}
                  onChange={(event) => change(row.id, { normalText: event.target.value || null })}
                />
              ),
            },
            {
              title: '',
              render: (_, row) => (
                <Button
                  type="text"
                  size="small"
                  onClick={() => setRows(rows.filter((one) => one.id !== row.id))}
                >
                  {t('aliquot.remove')}
                </Button>
              ),
            },
          ]}
        />
        <div>
          <Button
            onClick={() =>
              setRows([
                ...rows,
                {
                  id: newKey(),
                  sex: null,
                  ageFromDays: 0,
                  ageToDays: 54_786,
                  low: null,
                  high: null,
                  normalText: null,
                  criticalLow: null,
                  criticalHigh: null,
                },
              ])
            }
          >
            {t('catalogue.addRange')}
          </Button>
        </div>
        <Input
          value={note}
          maxLength={200}
          placeholder={t('catalogue.note')}
          aria-label={t('catalogue.note')}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </Modal>
  );
}
