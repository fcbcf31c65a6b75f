import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';

/** What the centre finds in the draft: `stop` refuses the signature, `ask` is put before the signer. */
export interface ReportProblem {
  severity: 'stop' | 'ask';
  code: string;
  /** In Chinese; other languages have words for the code. */
  message: string;
  params?: Record<string, string | number>;
}

/** Asked anew each time the dialog opens; the hub judges again when it signs, so a failed question hides nothing. */
export function useProblems(orderId: string, open: boolean): ReportProblem[] {
  const problems = useQuery({
    queryKey: ['report-problems', orderId],
    queryFn: async () =>
      (await get<{ items: ReportProblem[] }>(`/api/orders/${orderId}/report/problems`)).items,
    enabled: open,
    staleTime: 0,
    gcTime: 0,
    retry: 1,
  });
  return open ? (problems.data ?? []) : [];
}
