-- Sinus rhythm and its arrhythmia say nothing that makes a report a positive one.
update ecg_statement set normal = true where code in ('E003', 'E006') and text_zh in ('窦性心律', '窦性心律不齐');
