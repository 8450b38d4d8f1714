DROP TABLE contact_addresses;
DROP TABLE contacts;
DROP TABLE profiles;
DROP TABLE companies;
