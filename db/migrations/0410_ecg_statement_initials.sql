-- Latin letters of a statement are typed as they stand: 短 PR 间期 is found by dprjq.
update ecg_statement set initials = 'dprjq' where code = 'E047' and text_zh = '短 PR 间期';
update ecg_statement set initials = 'ycqb' where code = 'E073' and text_zh = '异常 Q 波';
update ecg_statement set initials = 'crrjq' where code = 'E078' and text_zh = '长 RR 间期';
