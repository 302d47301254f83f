"""Questions to the experts, the answer, invitations, and what an expert's answer carries."""
