import { Select } from 'antd';
import { useInstitutions } from './useInstitutions.ts';

interface Props {
  value?: string;
  onChange?: (id: string) => void;
  id?: string;
  allowClear?: boolean;
  kinds?: string[];
  placeholder?: string;
}

/** An institution by name or code. */
export function InstitutionSelect({ kinds, ...props }: Props) {
  const institutions = useInstitutions();
  return (
    <Select
      {...props}
      showSearch={{ optionFilterProp: 'label' }}
      loading={institutions.isPending}
      options={(institutions.data ?? [])
        .filter((each) => !kinds || kinds.includes(each.kind))
        .map((each) => ({ value: each.id, label: `${each.name} ${each.code}` }))}
    />
  );
}
