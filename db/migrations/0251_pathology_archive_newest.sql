-- A frequent word is found at the newest reports first: the search walks them in the order of the page and stops there.
create index pathology_archive_newest on pathology_archive (signed_at desc, order_id desc);
