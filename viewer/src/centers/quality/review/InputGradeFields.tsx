import { Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { INPUT_FAULTS, inputFaultText } from '../../../shell/inputFault.ts';

/** 甲 A, 乙 B, 丙 C of the images, trace or specimen, with the faults that B and C name. */
export interface InputGrade {
  grade: 'A' | 'B' | 'C';
  faults: string[];
}

interface Props {
  center: string;
  value: InputGrade | null;
  onChange: (value: InputGrade) => void;
}

/** Grades what the report was made from; the site that made it reads this. */
export function InputGradeFields({ center, value, onChange }: Props) {
  const { t } = useTranslation(['quality', 'imaging']);
  const label = t(`review.input.${center}`);
  return (
    <fieldset className="hub-fieldset">
      <legend>{label}</legend>
      <Radio.Group
        aria-label={label}
        value={value?.grade}
        onChange={(event) =>
          onChange({ grade: event.target.value as InputGrade['grade'], faults: value?.faults ?? [] })
        }
        options={(['A', 'B', 'C'] as const).map((each) => ({
          value: each,
          label: t(`imaging:grade.${each}`),
        }))}
      />
      {value && value.grade !== 'A' && (
        <Select
          mode="multiple"
          style={{ width: '100%', marginTop: 6 }}
          aria-label={t('review.input.faults')}
          placeholder={t('review.input.faults')}
          value={value.faults}
          onChange={(faults: string[]) => onChange({ ...value, faults })}
          options={(INPUT_FAULTS[center] ?? []).map((fault) => ({
            value: fault,
            label: inputFaultText(center, fault, t),
          }))}
        />
      )}
    </fieldset>
  );
}
