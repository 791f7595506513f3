#![no_main]
gradstep_fuzz::target!(logsumexp::softmax);
