-- An item that only the hub uses, for images that come without a request, is not offered to those who order.
update catalogue_item set settings = settings || '{"orderable": false}' where code = 'IMG-OTHER';
