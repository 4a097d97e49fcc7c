"""The commands `certificate init` and `renew`, and an agent that enrols by the fingerprint they print."""

import re
import subprocess
from pathlib import Path

from tests.support.commands import a_process, installed
