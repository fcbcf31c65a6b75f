// Stands in for modules that are imported for what they register, which is not wanted here.
export {};
