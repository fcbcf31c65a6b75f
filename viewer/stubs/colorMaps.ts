// Stands in for the colour scales of VTK (a list) and of Cornerstone's CPU path (by name): there are none.
export default [];
