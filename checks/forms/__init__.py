"""The forms of requirement: one module each, with one function ``judge(plan, requirement) -> Judgement``."""
