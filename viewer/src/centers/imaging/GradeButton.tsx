import { App, Button, Checkbox, Popover, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { errorText } from '../../shell/states.tsx';

const faults = [
  'motion',
  'position',
  'exposure',
  'metal',
  'foreign-object',
  'coverage',
  'laterality-mark',
  'artefact',
  'noise',
  'contrast-timing',
  'wrong-protocol',
  'wrong-patient-data',
  'other',
];
type Grade = 'A' | 'B' | 'C';

/** 甲乙丙 in two clicks, returned to the technician. */
export function GradeButton({ order }: { order: Order }) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const stored = order.input?.grade as { grade?: Grade; faults?: string[] } | null | undefined;
  const [open, setOpen] = useState(false);
  const [grade, setGrade] = useState<Grade | null>(stored?.grade ?? null);
  const [chosen, setChosen] = useState<string[]>(stored?.faults ?? []);
  const send = async (wanted: Grade, why: string[]) => {
    try {
      await post(`/api/imaging/orders/${order.id}/grade`, { grade: wanted, faults: why });
      setGrade(wanted);
      setOpen(false);
      message.success(t('grade.done'));
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      content={
        <div style={{ width: 260 }}>
          <Segmented
            block
            value={grade ?? ''}
            options={(['A', 'B', 'C'] as const).map((value) => ({ value, label: t(`grade.${value}`) }))}
            onChange={(value) => {
              setGrade(value as Grade);
              if (value === 'A') void send('A', []);
            }}
          />
          {(grade === 'B' || grade === 'C') && (
            <>
              <p className="hub-quiet">{t('grade.choose')}</p>
              <Checkbox.Group
                className="hub-column-choice"
                value={chosen}
                onChange={setChosen}
                options={faults.map((value) => ({ value, label: t(`grade.faults.${value}`) }))}
              />
              <Button
                type="primary"
                size="small"
                disabled={chosen.length === 0}
                onClick={() => void send(grade, chosen)}
                style={{ marginTop: 8 }}
              >
                {t('shell:action.confirm')}
              </Button>
            </>
          )}
        </div>
      }
    >
      <Button size="small" type={grade ? 'default' : 'text'}>
        {t('grade.label')}
        {grade ? ` ${t(`grade.${grade}`)}` : ''}
      </Button>
    </Popover>
  );
}
