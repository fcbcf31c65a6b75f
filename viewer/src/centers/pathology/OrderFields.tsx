import { Button, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { MinutePicker } from '../../shell/MinutePicker.tsx';
import type { OrderFieldsProps } from '../contract.ts';
import './pathology.css';
import { lateralities } from './specimenRows.ts';

const sites = [
  '胃窦',
  '胃体',
  '结肠',
  '直肠',
  '食管',
  '胆囊',
  '阑尾',
  '甲状腺',
  '乳腺',
  '肺',
  '宫颈',
  '子宫内膜',
  '皮肤',
];

/**
 * The specimens of a new pathology request: site, side, times that may stay unknown, jars; frozen: when and
 * where; consultation: whose slides and blocks. */
export default function OrderFields({ items }: OrderFieldsProps) {
  const { t } = useTranslation(['pathology', 'shell']);
  const frozen = items.some((code) => code.startsWith('FROZEN'));
  const consultation = items.some((code) => code.startsWith('CONSULT'));
  return (
    <fieldset className="hub-fieldset" aria-label={t('flow.specimens')}>
      <legend>{t('flow.specimens')}</legend>
      <Form.List name={['extra', 'specimens']}>
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }, n) => (
              <div
                key={key}
                className="path-specimen"
                role="group"
                aria-label={`${t('flow.specimen')} ${n + 1}`}
              >
                <div className="hub-row">
                  <strong>{String.fromCharCode(65 + n)}</strong>
                  <Form.Item
                    name={[name, 'site']}
                    noStyle
                    rules={[{ required: true, whitespace: true, message: t('order.siteRequired') }]}
                  >
                    <Input
                      list="path-sites"
                      maxLength={100}
                      style={{ width: 150 }}
                      placeholder={t('flow.site')}
                      aria-label={t('flow.site')}
                      autoComplete="off"
                    />
                  </Form.Item>
                  <Form.Item name={[name, 'laterality']} noStyle initialValue="none">
                    <Select
                      style={{ width: 88 }}
                      aria-label={t('flow.laterality')}
                      options={lateralities.map((value) => ({ value, label: t(`lateralityName.${value}`) }))}
                    />
                  </Form.Item>
                  <Form.Item name={[name, 'procedure']} noStyle>
                    <Input
                      style={{ width: 130 }}
                      maxLength={100}
                      placeholder={t('flow.procedure')}
                      aria-label={t('flow.procedure')}
                    />
                  </Form.Item>
                  <Form.Item name={[name, 'containers']} noStyle initialValue={1}>
                    <InputNumber
                      style={{ width: 76 }}
                      min={1}
                      max={20}
                      suffix={t('flow.jarUnit')}
                      aria-label={t('flow.jars')}
                    />
                  </Form.Item>
                  <Button
                    type="text"
                    size="small"
                    disabled={fields.length === 1}
                    aria-label={t('flow.removeSpecimen')}
                    onClick={() => remove(name)}
                  >
                    ×
                  </Button>
                </div>
                {!consultation && (
                  <div className="hub-row path-times">
                    <label>
                      {t('flow.removed')}{' '}
                      <Form.Item name={[name, 'removedAt']} noStyle>
                        <MinutePicker size="small" />
                      </Form.Item>
                    </label>
                    <label>
                      {t('flow.fixed')}{' '}
                      <Form.Item
                        name={[name, 'fixationStartedAt']}
                        noStyle
                        dependencies={[['extra', 'specimens', name, 'removedAt']]}
                        rules={[
                          ({ getFieldValue }) => ({
                            validator: (_rule, value: string | undefined) => {
                              const removed = getFieldValue(['extra', 'specimens', name, 'removedAt']) as
                                string | undefined;
                              return value && removed && value < removed
                                ? Promise.reject(new Error(t('order.timesReversed')))
                                : Promise.resolve();
                            },
                          }),
                        ]}
                      >
                        <MinutePicker size="small" />
                      </Form.Item>
                    </label>
                    <label>
                      {t('flow.coldIschaemia')}{' '}
                      <Form.Item name={[name, 'coldIschaemiaMinutes']} noStyle>
                        <InputNumber
                          size="small"
                          style={{ width: 118 }}
                          min={0}
                          max={10080}
                          suffix={t('flow.minutes')}
                          placeholder={t('order.notMeasured')}
                          aria-label={t('flow.coldIschaemia')}
                        />
                      </Form.Item>
                    </label>
                  </div>
                )}
                <Form.Item shouldUpdate noStyle>
                  {({ getFieldError }) => {
                    const errors = ['site', 'fixationStartedAt'].flatMap((field) =>
                      getFieldError(['extra', 'specimens', name, field]),
                    );
                    return errors.length > 0 ? <p className="hub-tone-breach">{errors.join(' ')}</p> : null;
                  }}
                </Form.Item>
              </div>
            ))}
            <Button size="small" disabled={fields.length >= 30} onClick={() => add({})}>
              {t('flow.addSpecimen')}
            </Button>{' '}
            {!consultation && <span className="hub-quiet">{t('flow.unknownTimes')}</span>}
          </>
        )}
      </Form.List>
      <datalist id="path-sites">
        {sites.map((site) => (
          <option key={site} value={site} />
        ))}
      </datalist>
      {frozen && (
        <div className="hub-row path-times">
          <label>
            {t('order.appointment')}{' '}
            <Form.Item name={['extra', 'frozen', 'appointmentAt']} noStyle>
              <MinutePicker size="small" />
            </Form.Item>
          </label>
          <Form.Item name={['extra', 'frozen', 'theatre']} noStyle>
            <Input
              size="small"
              style={{ width: 140 }}
              maxLength={60}
              placeholder={t('order.theatre')}
              aria-label={t('order.theatre')}
            />
          </Form.Item>
        </div>
      )}
      {consultation && (
        <>
          {(['outsideLaboratory', 'outsideNumber'] as const).map((field) => (
            <Form.Item key={field} name={['extra', 'clinical', field]} label={t(`clinical.${field}`)}>
              <Input maxLength={field === 'outsideNumber' ? 60 : 100} autoComplete="off" />
            </Form.Item>
          ))}
          <Form.Item
            name={['extra', 'clinical', 'outsideMaterial']}
            label={t('clinical.outsideMaterial')}
            rules={[{ required: true, whitespace: true, message: t('order.materialRequired') }]}
          >
            <Input maxLength={500} autoComplete="off" placeholder={t('order.materialExample')} />
          </Form.Item>
        </>
      )}
      {(['diagnosis', 'operativeFindings', 'previousPathology', 'infectious'] as const).map((field) => (
        <Form.Item key={field} name={['extra', 'clinical', field]} label={t(`clinical.${field}`)}>
          <Input maxLength={field === 'infectious' ? 200 : 1000} autoComplete="off" />
        </Form.Item>
      ))}
    </fieldset>
  );
}
