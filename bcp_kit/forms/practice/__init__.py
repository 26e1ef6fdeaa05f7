"""Pure questions about how a plan is lived: due dates, the deduction, differences, what an inspector sees."""
