import { Alert, Button, Drawer, Form, Input, InputNumber, Select, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { problemText } from '../problemText.ts';
import { CycleCurve } from '../loads/CycleCurve.tsx';
import type { PrintOutRules, Setup, TriedPrintOut } from '../types.ts';
import { useAct } from '../useAct.ts';
import { CODE_RULE } from './FormModal.tsx';

const NO_LIMITS = { setTemperatureC: null, bandC: 0, minPressureKpa: null, maxPressureKpa: null };
const FIELDS = [
  'cycleNumber',
  'programme',
  'date',
  'startTime',
  'endTime',
  'holdS',
  'minTemperatureC',
  'maxTemperatureC',
  'minPressureKpa',
  'maxPressureKpa',
  'concentrationMgL',
  'humidityPercent',
  'leakKpaMin',
  'a0',
  'operator',
  'batch',
];

interface Values {
  code: string;
  name: string;
  rules: PrintOutRules;
}

/** A print-out profile: the patterns on the left, a sample read by them on the right before anything is saved. */
export function ProfileEditor({
  profile,
  mayEdit,
  onClose,
}: {
  profile: Setup['profiles'][number] | null;
  mayEdit: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const [sample, setSample] = useState('');
  const [tried, setTried] = useState<TriedPrintOut | null>(null);
  const [problem, setProblem] = useState('');
  const pattern = [
    { required: true, message: t('form.required') },
    { validator: compiles(t('profile.badPattern')) },
  ];
  const rulesOf = (values: Values): PrintOutRules => clean(values.rules);
  const read = async (base64: string) => {
    setProblem('');
    setTried(null);
    try {
      setTried(
        await post<TriedPrintOut>('/api/sterilization/try-print-profile', {
          rules: rulesOf(form.getFieldsValue(true) as Values),
          base64,
        }),
      );
    } catch (error) {
      setProblem(problemText(error, t));
    }
  };
  const choose = async (file: File) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    const base64 = btoa(text);
    setSample(base64);
    await read(base64);
  };
  const save = async (values: Values) => {
    const answer = await act(
      'save-print-profile',
      { code: values.code, name: values.name, rules: rulesOf(values) },
      t('record.saved'),
    );
    if (answer) onClose();
  };
  return (
    <Drawer
      open
      size={1180}
      title={profile ? `${profile.code} ${profile.name}` : t('profile.new')}
      onClose={onClose}
      destroyOnHidden
      extra={
        mayEdit && (
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {t('form.save')}
          </Button>
        )
      }
    >
      <div className="cssd-profile">
        <Form<Values>
          form={form}
          layout="vertical"
          requiredMark={false}
          disabled={!mayEdit}
          scrollToFirstError
          initialValues={
            profile
              ? { code: profile.code, name: profile.name, rules: profile.rules }
              : { rules: { encoding: 'auto', fields: [{ name: 'cycleNumber', type: 'text' }], required: [] } }
          }
          onFinish={(values) => void save(values)}
        >
          <div className="cssd-figures">
            <Form.Item
              name="code"
              label={t('catalogue.code')}
              rules={[{ required: true, pattern: CODE_RULE, message: t('catalogue.codeRule') }]}
            >
              <Input disabled={profile !== null} />
            </Form.Item>
            <Form.Item
              name="name"
              label={t('pack.name')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Input />
            </Form.Item>
            <Form.Item name={['rules', 'encoding']} label={t('profile.encoding')}>
              <Select
                options={['auto', 'utf-8', 'gb18030', 'latin1'].map((value) => ({
                  value,
                  label: value === 'auto' ? t('profile.auto') : value,
                }))}
              />
            </Form.Item>
          </div>
          <Form.Item name={['rules', 'start']} label={t('profile.start')} rules={pattern}>
            <Input className="cssd-mono" />
          </Form.Item>
          <Form.Item name={['rules', 'end']} label={t('profile.end')} rules={pattern.slice(1)}>
            <Input className="cssd-mono" />
          </Form.Item>
          <h2 className="hub-title">{t('profile.fields')}</h2>
          <p className="hub-quiet">{t('profile.fieldHint')}</p>
          <Form.List name={['rules', 'fields']}>
            {(fields, { add, remove }) => (
              <>
                {fields.map((field) => (
                  <div key={field.key} className="cssd-pattern-row">
                    <Form.Item name={[field.name, 'name']}>
                      <Select
                        aria-label={t('profile.field')}
                        options={FIELDS.map((value) => ({ value, label: t(`profileField.${value}`) }))}
                      />
                    </Form.Item>
                    <Form.Item name={[field.name, 'pattern']} rules={pattern}>
                      <Input className="cssd-mono" aria-label={t('profile.pattern')} />
                    </Form.Item>
                    <Form.Item name={[field.name, 'type']} initialValue="text">
                      <Select
                        aria-label={t('profile.type')}
                        options={['text', 'number', 'duration'].map((value) => ({
                          value,
                          label: t(`profileType.${value}`),
                        }))}
                      />
                    </Form.Item>
                    <Form.Item name={[field.name, 'factor']}>
                      <InputNumber placeholder="× 1" aria-label={t('profile.factor')} />
                    </Form.Item>
                    <Button type="text" onClick={() => remove(field.name)}>
                      {t('station.remove')}
                    </Button>
                  </div>
                ))}
                <Button onClick={() => add({ name: 'programme', type: 'text' })}>
                  {t('profile.addField')}
                </Button>
              </>
            )}
          </Form.List>
          <Form.Item
            name={['rules', 'sample', 'pattern']}
            label={t('profile.samplePattern')}
            extra={t('profile.sampleHint')}
            rules={pattern.slice(1)}
            style={{ marginTop: 12 }}
          >
            <Input className="cssd-mono" />
          </Form.Item>
          <div className="cssd-figures">
            <Form.Item name={['rules', 'sample', 'pressureFactor']} label={t('profile.pressureFactor')}>
              <InputNumber style={{ width: '100%' }} placeholder="1" />
            </Form.Item>
            <Form.Item name={['rules', 'sample', 'pressureOffset']} label={t('profile.pressureOffset')}>
              <InputNumber style={{ width: '100%' }} placeholder="0" />
            </Form.Item>
          </div>
          <div className="cssd-figures">
            <Form.Item name={['rules', 'pass']} label={t('profile.pass')} rules={pattern.slice(1)}>
              <Input className="cssd-mono" />
            </Form.Item>
            <Form.Item name={['rules', 'fail']} label={t('profile.fail')} rules={pattern.slice(1)}>
              <Input className="cssd-mono" />
            </Form.Item>
          </div>
          <Form.Item name={['rules', 'required']} label={t('profile.required')}>
            <Select
              mode="multiple"
              options={FIELDS.map((value) => ({ value, label: t(`profileField.${value}`) }))}
            />
          </Form.Item>
        </Form>
        <aside className="cssd-stack">
          <div className="hub-bar">
            <h2 className="hub-title">{t('profile.try')}</h2>
            <Upload
              accept=".txt,.prn,.log,.csv,text/plain"
              showUploadList={false}
              beforeUpload={(file) => {
                void choose(file);
                return false;
              }}
            >
              <Button>{t('profile.chooseSample')}</Button>
            </Upload>
            {sample && <Button onClick={() => void read(sample)}>{t('profile.again')}</Button>}
          </div>
          {problem && <Alert type="error" showIcon title={problem} />}
          {!tried && !problem && <p className="hub-quiet">{t('profile.tryHint')}</p>}
          {tried && <Tried tried={tried} />}
        </aside>
      </div>
    </Drawer>
  );
}

function Tried({ tried }: { tried: TriedPrintOut }) {
  const { t } = useTranslation('sterilization');
  const { parameters, curve, flags, ...head } = tried.reading;
  const rows: [string, string][] = [
    ...Object.entries(head).map(([name, value]): [string, string] => [
      t(`profileField.${name}`, { defaultValue: name }),
      String(value),
    ]),
    ...Object.entries(parameters).map(([name, value]): [string, string] => [
      t(`parameter.${name}`, { defaultValue: name }),
      String(value),
    ]),
    [t('record.points'), String(curve.length)],
  ];
  return (
    <>
      <p>
        {t('profile.encoding')} {tried.encoding}{' '}
        {flags
          .filter((flag) => flag !== 'gb18030')
          .map((flag) => (
            <b key={flag} className="hub-tone-warn">
              {t(`flag.${flag.split(':')[0]}`, { defaultValue: flag })}
              {flag.includes(':') &&
                ` ${t(`profileField.${flag.split(':')[1]}`, { defaultValue: flag.split(':')[1] })}`}{' '}
            </b>
          ))}
      </p>
      <dl className="cssd-evidence">
        {rows.map(([label, value]) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{label}</dt>
            <dd className="hub-num">{value}</dd>
          </div>
        ))}
      </dl>
      {curve.length > 1 && <CycleCurve curve={curve} programme={NO_LIMITS} />}
      <pre className="cssd-printout">{tried.text}</pre>
    </>
  );
}

const compiles =
  (message: string) =>
  (_: unknown, value: string | undefined): Promise<void> => {
    if (!value) return Promise.resolve();
    try {
      new RegExp(value, 'iu');
      return Promise.resolve();
    } catch {
      return Promise.reject(new Error(message));
    }
  };

/** What was left empty is not part of the rules. */
function clean(rules: PrintOutRules): PrintOutRules {
  const { end, pass, fail, sample, fields, ...rest } = rules;
  return {
    ...rest,
    fields: fields
      .filter((field) => field.pattern)
      .map(({ factor, ...field }) => ({ ...field, ...(typeof factor === 'number' && { factor }) })),
    ...(end && { end }),
    ...(pass && { pass }),
    ...(fail && { fail }),
    ...(sample?.pattern && {
      sample: {
        pattern: sample.pattern,
        ...(typeof sample.pressureFactor === 'number' && { pressureFactor: sample.pressureFactor }),
        ...(typeof sample.pressureOffset === 'number' && { pressureOffset: sample.pressureOffset }),
      },
    }),
  };
}
