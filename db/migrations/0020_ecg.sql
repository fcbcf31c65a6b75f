-- ECG: recordings as they came, what they say, what the hub measured, what people decided.
create table ecg_recording (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution (id),
  device_id uuid references device (id),
  source text not null check (source in ('browser', 'api', 'dimse', 'folder', 'demo')),
  uploaded_by uuid references staff (id),
  -- of all files in their order; one file: its own SHA-256
  sha256 text not null,
  format text not null,
  format_version text,
  sampling_rate_hz double precision not null,
  sample_count bigint not null,
  duration_ms double precision not null,
  lead_names text[] not null,
  patient_name text,
  patient_number_encrypted text,
  patient_sex text,
  patient_birth_date text,
  patient_age_years double precision,
  accession_number text,
  placer_order_number text,
  -- local time of the device as written in the file
  acquired_device_text text,
  acquired_device_at timestamptz,
  acquired_at timestamptz,
  -- device, filters, leads, machine measurements and statements, notes of the reader
  header jsonb not null,
  synthetic boolean not null default false,
  received_at timestamptz not null default now(),
  unique (institution_id, sha256)
);
create index ecg_recording_received on ecg_recording (institution_id, received_at desc);

-- The bytes as they came; a WFDB record is several files.
create table ecg_recording_file (
  recording_id uuid not null references ecg_recording (id),
  position integer not null,
  name text,
  object_address text not null,
  object_size bigint not null,
  primary key (recording_id, position)
);

-- Every measuring of a recording; the newest counts, the others stay.
create table ecg_analysis (
  id uuid primary key default uuidv7(),
  recording_id uuid not null references ecg_recording (id),
  method text not null,
  measurements jsonb not null,
  leads jsonb not null,
  quality jsonb not null,
  beats jsonb not null,
  median_beat jsonb,
  long_strip jsonb,
  computed_at timestamptz not null default now()
);
create index ecg_analysis_recording on ecg_analysis (recording_id, computed_at desc);

-- Marks moved by a person and the values that follow; both versions are kept.
create table ecg_correction (
  id uuid primary key default uuidv7(),
  recording_id uuid not null references ecg_recording (id),
  fiducials jsonb not null,
  measurements jsonb not null,
  note text,
  corrected_by uuid not null references staff (id),
  corrected_at timestamptz not null default now()
);
create index ecg_correction_recording on ecg_correction (recording_id, corrected_at desc);

create table ecg_flag (
  id uuid primary key default uuidv7(),
  recording_id uuid not null references ecg_recording (id),
  rule_code text not null,
  tier text not null check (tier in ('critical', 'notable', 'information')),
  lead text,
  at_ms double precision,
  details jsonb not null default '{}',
  ask text,
  state text not null default 'open' check (state in ('open', 'confirmed', 'dismissed')),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  note text,
  critical_value_id uuid references critical_value (id),
  raised_at timestamptz not null default now(),
  check ((state = 'open') = (decided_by is null))
);
create index ecg_flag_recording on ecg_flag (recording_id);

create table ecg_recording_order (
  id uuid primary key default uuidv7(),
  recording_id uuid not null references ecg_recording (id),
  order_id uuid not null references orders (id),
  how text not null check (how in ('number', 'provisional', 'explicit', 'person')),
  differences jsonb not null default '[]',
  joined_by uuid references staff (id),
  joined_at timestamptz not null default now(),
  undone_at timestamptz,
  undone_by uuid references staff (id),
  undone_reason text
);
create unique index ecg_recording_order_current on ecg_recording_order (recording_id, order_id) where undone_at is null;
create index ecg_recording_order_order on ecg_recording_order (order_id) where undone_at is null;

-- 诊断术语; a centre adds and switches off, nothing is deleted.
create table ecg_statement (
  id uuid primary key default uuidv7(),
  code text not null unique check (code ~ '^[A-Z0-9-]{1,20}$'),
  number integer not null unique,
  category text not null,
  text_zh text not null,
  text_en text not null,
  initials text not null,
  normal boolean not null default false,
  rule_code text,
  active boolean not null default true,
  updated_by uuid references staff (id),
  updated_at timestamptz not null default now()
);
create index ecg_statement_initials on ecg_statement (initials text_pattern_ops);

insert into ecg_statement (code, number, category, text_zh, text_en, initials, normal, rule_code) values
  ('E001', 1, 'normal', '正常心电图', 'Normal ECG', 'zcxdt', true, null),
  ('E002', 2, 'normal', '大致正常心电图', 'Borderline normal ECG', 'dzzcxdt', true, null),
  ('E003', 3, 'rhythm', '窦性心律', 'Sinus rhythm', 'dxxl', false, null),
  ('E004', 4, 'rhythm', '窦性心动过缓', 'Sinus bradycardia', 'dxxdgh', false, null),
  ('E005', 5, 'rhythm', '窦性心动过速', 'Sinus tachycardia', 'dxxdgs', false, null),
  ('E006', 6, 'rhythm', '窦性心律不齐', 'Sinus arrhythmia', 'dxxlbq', false, null),
  ('E007', 7, 'rhythm', '窦性停搏', 'Sinus arrest', 'dxtb', false, null),
  ('E008', 8, 'rhythm', '窦房传导阻滞', 'Sinoatrial block', 'dfcdzz', false, null),
  ('E009', 9, 'rhythm', '房性心律', 'Atrial rhythm', 'fxxl', false, null),
  ('E010', 10, 'rhythm', '房性早搏', 'Premature atrial complexes', 'fxzb', false, null),
  ('E011', 11, 'rhythm', '频发房性早搏', 'Frequent premature atrial complexes', 'pffxzb', false, null),
  ('E012', 12, 'rhythm', '房性早搏未下传', 'Blocked premature atrial complexes', 'fxzbwxc', false, null),
  ('E013', 13, 'rhythm', '房性心动过速', 'Atrial tachycardia', 'fxxdgs', false, null),
  ('E014', 14, 'rhythm', '心房颤动', 'Atrial fibrillation', 'xfcd', false, null),
  ('E015', 15, 'rhythm', '心房颤动伴快速心室率', 'Atrial fibrillation with rapid ventricular response', 'xfcdbksxsl', false, null),
  ('E016', 16, 'rhythm', '心房颤动伴缓慢心室率', 'Atrial fibrillation with slow ventricular response', 'xfcdbhmxsl', false, null),
  ('E017', 17, 'rhythm', '心房扑动', 'Atrial flutter', 'xfpd', false, null),
  ('E018', 18, 'rhythm', '交界性心律', 'Junctional rhythm', 'jjxxl', false, null),
  ('E019', 19, 'rhythm', '交界性早搏', 'Premature junctional complexes', 'jjxzb', false, null),
  ('E020', 20, 'rhythm', '阵发性室上性心动过速', 'Paroxysmal supraventricular tachycardia', 'zfxssxxdgs', false, null),
  ('E021', 21, 'rhythm', '室性早搏', 'Premature ventricular complexes', 'sxzb', false, null),
  ('E022', 22, 'rhythm', '频发室性早搏', 'Frequent premature ventricular complexes', 'pfsxzb', false, null),
  ('E023', 23, 'rhythm', '室性早搏二联律', 'Ventricular bigeminy', 'sxzbell', false, null),
  ('E024', 24, 'rhythm', '室性早搏三联律', 'Ventricular trigeminy', 'sxzbsll', false, null),
  ('E025', 25, 'rhythm', '成对室性早搏', 'Ventricular couplets', 'cdsxzb', false, null),
  ('E026', 26, 'rhythm', '短阵室性心动过速', 'Non-sustained ventricular tachycardia', 'dzsxxdgs', false, 'ECG-VENTRICULAR-TACHYCARDIA'),
  ('E027', 27, 'rhythm', '室性心动过速', 'Ventricular tachycardia', 'sxxdgs', false, 'ECG-VENTRICULAR-TACHYCARDIA'),
  ('E028', 28, 'rhythm', '尖端扭转型室性心动过速', 'Torsades de pointes', 'jdnzxsxxdgs', false, 'ECG-VENTRICULAR-TACHYCARDIA'),
  ('E029', 29, 'rhythm', '心室颤动', 'Ventricular fibrillation', 'xscd', false, 'ECG-VENTRICULAR-FIBRILLATION'),
  ('E030', 30, 'rhythm', '室性逸搏心律', 'Ventricular escape rhythm', 'sxybxl', false, null),
  ('E031', 31, 'rhythm', '加速性室性自主心律', 'Accelerated idioventricular rhythm', 'jsxsxzzxl', false, null),
  ('E032', 32, 'rhythm', '起搏心律', 'Paced rhythm', 'qbxl', false, null),
  ('E033', 33, 'rhythm', '起搏器感知不良', 'Pacemaker undersensing', 'qbqgzbl', false, null),
  ('E034', 34, 'rhythm', '起搏器失夺获', 'Pacemaker loss of capture', 'qbqsdh', false, null),
  ('E035', 35, 'conduction', '一度房室传导阻滞', 'First-degree AV block', 'ydfscdzz', false, null),
  ('E036', 36, 'conduction', '二度Ⅰ型房室传导阻滞', 'Second-degree AV block, Mobitz I', 'edxfscdzz', false, null),
  ('E037', 37, 'conduction', '二度Ⅱ型房室传导阻滞', 'Second-degree AV block, Mobitz II', 'edxfscdzz', false, null),
  ('E038', 38, 'conduction', '高度房室传导阻滞', 'High-grade AV block', 'gdfscdzz', false, null),
  ('E039', 39, 'conduction', '三度房室传导阻滞', 'Third-degree AV block', 'sdfscdzz', false, 'ECG-AV-DISSOCIATION'),
  ('E040', 40, 'conduction', '完全性右束支传导阻滞', 'Complete right bundle branch block', 'wqxyszcdzz', false, null),
  ('E041', 41, 'conduction', '不完全性右束支传导阻滞', 'Incomplete right bundle branch block', 'bwqxyszcdzz', false, null),
  ('E042', 42, 'conduction', '完全性左束支传导阻滞', 'Complete left bundle branch block', 'wqxzszcdzz', false, null),
  ('E043', 43, 'conduction', '左前分支传导阻滞', 'Left anterior fascicular block', 'zqfzcdzz', false, null),
  ('E044', 44, 'conduction', '左后分支传导阻滞', 'Left posterior fascicular block', 'zhfzcdzz', false, null),
  ('E045', 45, 'conduction', '室内传导阻滞', 'Intraventricular conduction delay', 'sncdzz', false, null),
  ('E046', 46, 'conduction', '心室预激', 'Ventricular pre-excitation', 'xsyj', false, null),
  ('E047', 47, 'conduction', '短 PR 间期', 'Short PR interval', 'djq', false, null),
  ('E048', 48, 'axis', '电轴左偏', 'Left axis deviation', 'dzzp', false, null),
  ('E049', 49, 'axis', '电轴右偏', 'Right axis deviation', 'dzyp', false, null),
  ('E050', 50, 'axis', '极度电轴偏移', 'Extreme axis deviation', 'jddzpy', false, null),
  ('E051', 51, 'axis', '顺钟向转位', 'Clockwise rotation', 'szxzw', false, null),
  ('E052', 52, 'axis', '逆钟向转位', 'Counter-clockwise rotation', 'nzxzw', false, null),
  ('E053', 53, 'chamber', '左心室高电压', 'High left ventricular voltage', 'zxsgdy', false, null),
  ('E054', 54, 'chamber', '左心室肥大', 'Left ventricular hypertrophy', 'zxsfd', false, null),
  ('E055', 55, 'chamber', '左心室肥大伴劳损', 'Left ventricular hypertrophy with strain', 'zxsfdbls', false, null),
  ('E056', 56, 'chamber', '右心室肥大', 'Right ventricular hypertrophy', 'yxsfd', false, null),
  ('E057', 57, 'chamber', '左心房扩大', 'Left atrial enlargement', 'zxfkd', false, null),
  ('E058', 58, 'chamber', '右心房扩大', 'Right atrial enlargement', 'yxfkd', false, null),
  ('E059', 59, 'chamber', '肢体导联低电压', 'Low limb-lead voltage', 'ztdlddy', false, null),
  ('E060', 60, 'ischaemia', 'ST 段抬高', 'ST elevation', 'stdtg', false, 'ECG-ST-ELEVATION'),
  ('E061', 61, 'ischaemia', 'ST 段压低', 'ST depression', 'stdyd', false, null),
  ('E062', 62, 'ischaemia', 'T 波改变', 'T wave changes', 'tbgb', false, null),
  ('E063', 63, 'ischaemia', 'ST-T 改变', 'ST-T changes', 'sttgb', false, null),
  ('E064', 64, 'ischaemia', 'T 波倒置', 'T wave inversion', 'tbdz', false, null),
  ('E065', 65, 'ischaemia', 'T 波高尖', 'Tall peaked T waves', 'tbgj', false, 'ECG-PEAKED-T'),
  ('E066', 66, 'ischaemia', '急性下壁心肌梗死', 'Acute inferior infarction', 'jxxbxjgs', false, 'ECG-ST-ELEVATION'),
  ('E067', 67, 'ischaemia', '急性前壁心肌梗死', 'Acute anterior infarction', 'jxqbxjgs', false, 'ECG-ST-ELEVATION'),
  ('E068', 68, 'ischaemia', '急性前间壁心肌梗死', 'Acute anteroseptal infarction', 'jxqjbxjgs', false, 'ECG-ST-ELEVATION'),
  ('E069', 69, 'ischaemia', '急性侧壁心肌梗死', 'Acute lateral infarction', 'jxcbxjgs', false, 'ECG-ST-ELEVATION'),
  ('E070', 70, 'ischaemia', '急性广泛前壁心肌梗死', 'Acute extensive anterior infarction', 'jxgfqbxjgs', false, 'ECG-ST-ELEVATION'),
  ('E071', 71, 'ischaemia', '陈旧性下壁心肌梗死', 'Old inferior infarction', 'cjxxbxjgs', false, null),
  ('E072', 72, 'ischaemia', '陈旧性前壁心肌梗死', 'Old anterior infarction', 'cjxqbxjgs', false, null),
  ('E073', 73, 'ischaemia', '异常 Q 波', 'Abnormal Q waves', 'ycb', false, null),
  ('E074', 74, 'ischaemia', '早期复极', 'Early repolarisation', 'zqfj', false, null),
  ('E075', 75, 'ischaemia', 'Brugada 波(请结合临床)', 'Brugada pattern (clinical correlation)', 'brugadabqjhlc', false, null),
  ('E076', 76, 'other', 'QT 间期延长', 'Long QT interval', 'qtjqyc', false, null),
  ('E077', 77, 'other', 'QTc 显著延长', 'Markedly prolonged QTc', 'qtcxzyc', false, 'ECG-QTC-R-ON-T'),
  ('E078', 78, 'other', '长 RR 间期', 'Long RR interval', 'cjq', false, 'ECG-LONG-RR'),
  ('E079', 79, 'other', 'U 波明显', 'Prominent U waves', 'ubmx', false, null),
  ('E080', 80, 'other', 'R 波递增不良', 'Poor R-wave progression', 'rbdzbl', false, null),
  ('E081', 81, 'other', '右位心可能,请核对导联', 'Possible dextrocardia, check the leads', 'ywxknqhddl', false, null),
  ('E082', 82, 'other', '肢体导联反接可能,建议重做', 'Possible limb-lead reversal, please repeat', 'ztdlfjknjyzz', false, null),
  ('E083', 83, 'other', '导联脱落,建议重做', 'Lead off, please repeat', 'dltljyzz', false, null),
  ('E084', 84, 'other', '干扰明显,影响判读', 'Marked artefact limits reading', 'grmxyxpd', false, null),
  ('E085', 85, 'other', '请结合临床', 'Please correlate clinically', 'qjhlc', false, null),
  ('E086', 86, 'other', '建议复查心电图', 'Repeat ECG advised', 'jyfcxdt', false, null),
  ('E087', 87, 'other', '建议动态心电图检查', 'Holter monitoring advised', 'jydtxdtjc', false, null);

insert into critical_rule (center_kind, code, name, name_en, tier, settings) values
  ('ecg', 'ECG-LONG-RR', '长 RR 间期', 'Long RR interval', 'critical', '{"limits":{"rrMs":3000}}'),
  ('ecg', 'ECG-SLOW-RATE', '平均心室率过缓', 'Very slow ventricular rate', 'critical', '{"limits":{"bpm":35}}'),
  ('ecg', 'ECG-AV-DISSOCIATION', '疑似三度房室传导阻滞', 'Suspected third-degree AV block', 'critical', '{"limits":{"bpm":50,"prSpreadMs":60}}'),
  ('ecg', 'ECG-QTC-R-ON-T', 'QTc 延长伴 R-on-T', 'Long QTc with R-on-T', 'critical', '{"limits":{"qtcMs":550}}'),
  ('ecg', 'ECG-VENTRICULAR-TACHYCARDIA', '疑似室性心动过速', 'Suspected ventricular tachycardia', 'critical', '{"limits":{"bpm":150,"beats":3,"wideQrsMs":140}}'),
  ('ecg', 'ECG-VENTRICULAR-FIBRILLATION', '疑似心室扑动/颤动', 'Suspected ventricular flutter or fibrillation', 'critical', '{"limits":{"sineShare":0.5}}'),
  ('ecg', 'ECG-FAST-RATE', '室上性心动过速/房颤/房扑 快速心室率', 'SVT, AF or flutter with very fast rate', 'critical', '{"limits":{"bpm":200}}'),
  ('ecg', 'ECG-PRE-EXCITED-AF', '疑似预激伴房颤', 'Suspected pre-excited AF', 'critical', '{"limits":{"shortestRrMs":250,"qrsMs":120}}'),
  ('ecg', 'ECG-ST-ELEVATION', 'ST 段抬高(疑似急性心肌梗死)', 'ST elevation (suspected acute infarction)', 'critical', '{"limits":{"microvolt":100,"v2v3MenMicrovolt":200,"v2v3WomenMicrovolt":150,"leads":2}}'),
  ('ecg', 'ECG-PEAKED-T', '高尖 T 波(疑似高钾血症)', 'Tall peaked T (suspected hyperkalaemia)', 'critical', '{"limits":{"microvolt":1200,"leads":2}}'),
  ('ecg', 'ECG-ST-DEPRESSION', 'ST 段压低', 'ST depression', 'significant', '{"limits":{"microvolt":100,"leads":2}}'),
  ('ecg', 'ECG-ATRIAL-FIBRILLATION', '疑似心房颤动/扑动', 'Suspected atrial fibrillation or flutter', 'significant', '{"limits":{"irregularity":0.08,"pConsistency":0.72}}'),
  ('ecg', 'ECG-BRADYCARDIA', '心动过缓', 'Bradycardia', 'significant', '{"limits":{"bpm":60}}'),
  ('ecg', 'ECG-TACHYCARDIA', '心动过速', 'Tachycardia', 'significant', '{"limits":{"bpm":100}}'),
  ('ecg', 'ECG-LONG-QTC', 'QTc 延长', 'Long QTc', 'significant', '{"limits":{"qtcMs":500}}'),
  ('ecg', 'ECG-LONG-PR', 'PR 间期延长', 'Long PR interval', 'significant', '{"limits":{"prMs":200}}'),
  ('ecg', 'ECG-WIDE-QRS', 'QRS 增宽', 'Wide QRS', 'significant', '{"limits":{"qrsMs":120}}'),
  ('ecg', 'ECG-SHORT-PR-WIDE-QRS', '疑似心室预激', 'Suspected pre-excitation', 'significant', '{"limits":{"prMs":120,"qrsMs":110}}'),
  ('ecg', 'ECG-VENTRICULAR-ECTOPY', '室性早搏', 'Ventricular ectopic beats', 'significant', '{"limits":{"count":1}}'),
  ('ecg', 'ECG-SUPRAVENTRICULAR-ECTOPY', '房性/室上性早搏', 'Supraventricular ectopic beats', 'significant', '{"limits":{"count":1}}'),
  ('ecg', 'ECG-PACED', '起搏信号', 'Pacemaker spikes', 'significant', '{"limits":{"spikes":2}}'),
  ('ecg', 'ECG-AXIS-DEVIATION', '电轴偏移', 'Axis deviation', 'significant', '{"limits":{"leftDegrees":-30,"rightDegrees":90}}'),
  ('ecg', 'ECG-HIGH-VOLTAGE', '左室高电压', 'High left ventricular voltage', 'significant', '{"limits":{"sokolowMicrovolt":4000}}'),
  ('ecg', 'ECG-LOW-VOLTAGE', '肢导低电压', 'Low limb voltage', 'significant', '{"limits":{"microvolt":500}}');
