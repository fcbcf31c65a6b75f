import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { ActForm } from './ActForm.tsx';
import { MappingDialog } from './instruments/MappingDialog.tsx';
import { faultText } from './problemText.ts';
import { useLab } from './useLab.ts';
import { unitText } from './unitText.ts';
import './lab.css';

interface Row {
  id: number;
  instrumentId: string;
  instrument: string;
  specimenId: string | null;
  instrumentCode: string;
  value: string;
  unit: string | null;
  state: string;
  reason: string | null;
  reasonCode: string | null;
  reasonParams: Record<string, string | number> | null;
  receivedAt: string;
  /** What the code means, where it is mapped. */
  testCode: string | null;
  fromUnit: string | null;
  factor: number | null;
  unitAssumed: boolean | null;
}
type Kind = 'map' | 'rule' | 'assign' | 'dismiss';

const UNIT_REASONS = ['unit-without-rule', 'unit-missing'];

/** What a person can do with a value that waits, the nearest first. */
const actsOf = (row: Row): Kind[] =>
  row.state === 'unknown-code'
    ? ['map', 'dismiss']
    : UNIT_REASONS.includes(row.reasonCode ?? '')
      ? ['rule', 'dismiss']
      : ['assign', 'dismiss'];

/** What analyzers said and nobody could use yet: map a code once, convert its unit, say which tube it was, or set it aside. */
export default function OpenResultsPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const [chosen, setChosen] = useState<{ row: Row; kind: Kind } | null>(null);
  const list = useLab<{ items: Row[]; total: number }>(
    'lab/instrument-results?state=unmatched,unknown-code,held&limit=200',
  );
  const close = () => setChosen(null);
  return (
    <div className="hub-page">
      <h1 className="hub-title">{t('nav.openResults')}</h1>
      <div className="hub-scroll">
        {list.isPending ? (
          <Loading />
        ) : list.isError ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : (
          <ListTable<Row>
            name={t('nav.openResults')}
            rowKey="id"
            rows={list.data.items}
            total={list.data.total}
            empty={t('noOpenResults')}
            columns={[
              {
                title: t('col.at'),
                text: (one) => dateTime(one.receivedAt),
                render: (one) => <span className="hub-num">{dateTime(one.receivedAt)}</span>,
              },
              { title: t('col.instrument'), text: (one) => one.instrument },
              { title: t('col.tube'), text: (one) => one.specimenId },
              { title: t('col.code'), text: (one) => one.instrumentCode },
              {
                title: t('col.value'),
                width: 160,
                text: (one) => `${one.value} ${unitText(one.unit)}`.trim(),
                render: (one) => <ShownValue value={one.value} unit={unitText(one.unit)} />,
              },
              {
                title: t('col.state'),
                render: (one) => <span className="hub-tone-warn">{t(`open.${one.state}`)}</span>,
              },
              {
                title: t('reason'),
                wrap: 300,
                text: (one) =>
                  faultText({ code: one.reasonCode, params: one.reasonParams, message: one.reason ?? '' }, t),
              },
              {
                title: '',
                fixed: 'right',
                render: (one) =>
                  actsOf(one).map((kind) => (
                    <Button key={kind} type="link" size="small" onClick={() => setChosen({ row: one, kind })}>
                      {t(`open.${kind}`)}
                    </Button>
                  )),
              },
            ]}
          />
        )}
      </div>
      {chosen && (chosen.kind === 'map' || chosen.kind === 'rule') ? (
        <MappingDialog mapping={mappingOf(chosen.row)} sent={chosen.row} onClose={close} />
      ) : (
        chosen && <DecideDialog row={chosen.row} kind={chosen.kind} onClose={close} />
      )}
    </div>
  );
}

const mappingOf = ({ instrumentId, instrumentCode, testCode, fromUnit, factor, unitAssumed }: Row) => ({
  instrumentId,
  instrumentCode,
  ...(testCode !== null && { testCode, fromUnit, factor: factor ?? 1, unitAssumed: unitAssumed ?? false }),
});

/** Says which tube a value belongs to, or why it is set aside. */
function DecideDialog({ row, kind, onClose }: { row: Row; kind: Kind; onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const label = kind === 'assign' ? t('scanTube') : t('reason');
  return (
    <ActForm<{ text: string }>
      title={`${t(`open.${kind}`)} · ${row.instrumentCode}`}
      run={({ text }) =>
        post(
          `/api/lab/instrument-results/${row.id}/${kind}`,
          kind === 'assign' ? { barcode: text } : { reason: text },
        )
      }
      said={() => t('said.decided')}
      onClose={onClose}
    >
      {() => (
        <Form.Item
          name="text"
          label={label}
          rules={[{ required: true, whitespace: true, message: t('needed') }]}
        >
          <Input autoFocus />
        </Form.Item>
      )}
    </ActForm>
  );
}

const SHOWN_LETTERS = 40;

/** What the analyzer said; of a long text the beginning, the whole of it when pointed at. */
function ShownValue({ value, unit }: { value: string; unit: string }) {
  const whole = `${value} ${unit}`;
  return value.length <= SHOWN_LETTERS ? (
    <>{whole}</>
  ) : (
    <span
      title={whole}
      style={{ wordBreak: 'break-all' }}
    >{`${value.slice(0, SHOWN_LETTERS)}… ${unit}`}</span>
  );
}
