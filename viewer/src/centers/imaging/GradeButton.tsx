import { App, Button, Checkbox, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { INPUT_FAULTS } from '../../shell/inputFault.ts';
import { errorText } from '../../shell/states.tsx';
import { useKeys } from '../../shell/useKeys.ts';

type Grade = 'A' | 'B' | 'C';

/** 甲乙丙 in two clicks: open, then 甲, or a fault under 乙 or 丙; more faults before sending take a click each. */
export function GradeButton({ order, reload }: { order: Order; reload: () => void }) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const stored = order.input?.grade as { grade?: Grade; faults?: string[] } | null | undefined;
  const [open, setOpen] = useState(false);
  const [grade, setGrade] = useState<Grade | null>(stored?.grade ?? null);
  const [also, setAlso] = useState<string[]>([]);
  const send = async (wanted: Grade, why: string[]) => {
    try {
      await post(`/api/imaging/orders/${order.id}/grade`, { grade: wanted, faults: why });
      setGrade(wanted);
      setOpen(false);
      setAlso([]);
      message.success(t('grade.done'));
      reload();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  useKeys({ 'alt+g': { label: t('grade.label'), inText: true, run: () => setOpen(!open) } });
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      content={
        <div className="hub-grade">
          <Button block type={grade === 'A' ? 'primary' : 'default'} onClick={() => void send('A', [])}>
            {t('grade.A')}
          </Button>
          <p className="hub-quiet">{t('grade.choose')}</p>
          {(INPUT_FAULTS.imaging ?? []).map((fault) => (
            <div key={fault} className="hub-grade-row">
              <Checkbox
                checked={also.includes(fault)}
                onChange={(event) =>
                  setAlso(event.target.checked ? [...also, fault] : also.filter((each) => each !== fault))
                }
              >
                {t(`grade.faults.${fault}`)}
              </Checkbox>
              {(['B', 'C'] as const).map((wanted) => (
                <Button
                  key={wanted}
                  size="small"
                  danger={wanted === 'C'}
                  aria-label={`${t(`grade.${wanted}`)} ${t(`grade.faults.${fault}`)}`}
                  onClick={() => void send(wanted, [...new Set([...also, fault])])}
                >
                  {t(`grade.${wanted}`)}
                </Button>
              ))}
            </div>
          ))}
        </div>
      }
    >
      <Button
        size="small"
        type={grade ? 'default' : 'text'}
        title={stored?.faults?.map((fault) => t(`grade.faults.${fault}`)).join('、') ?? ''}
      >
        {t('grade.label')}
        {grade ? ` ${t(`grade.${grade}`)}` : ''}
      </Button>
    </Popover>
  );
}
